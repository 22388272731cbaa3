#include "core/solutions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/summary.hpp"

namespace vilfredo {

namespace {

bool eligible(const definition& d, const observation& x) {
  if (!x.final() || x.values.size() != d.metrics.size()) return false;
  for (std::size_t m = 0; m < d.metrics.size(); ++m)
    if (d.metrics[m].strategy != strategy::store && !(std::isfinite(x.values[m]) && meets(d.metrics[m], x.values[m])))
      return false;
  return true;
}

/// For each of them the number of its cluster, of at most `most`. The first is the first centre.
std::vector<std::size_t> clusters(const space& domain, const std::vector<const observation*>& all, std::size_t most) {
  std::vector<std::size_t> nearest(all.size(), 0);
  std::vector<double> distance(all.size(), std::numeric_limits<double>::infinity());
  std::size_t centre = 0;
  for (std::size_t k = 0; k < most; ++k) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double d = unlikeness(domain, all[i]->point, all[centre]->point);
      if (d >= distance[i]) continue;
      distance[i] = d;
      nearest[i] = k;
    }
    centre = static_cast<std::size_t>(std::ranges::max_element(distance) - distance.begin());
    if (distance[centre] == 0) break;
  }
  return nearest;
}

/// Where a number lies along its dimension. What was measured outside the bounds lies beyond 0 and 1, up to a distance
/// at which nothing overflows.
double along(const space& domain, std::size_t i, double value) {
  const auto& p = domain.dimensions()[i];
  const double u = domain.to_unit(i, value), inside = std::clamp(value, p.min, p.max);
  if (value == inside || !p.grid.empty() || !(p.min < p.max)) return u;
  auto scaled = [&](double v) { return p.scale == transformation::log ? std::log(v) : v / 2; };
  constexpr double farthest = 1e6;
  const double outside = (scaled(value) - scaled(inside)) / (scaled(p.max) - scaled(p.min));
  return u + std::clamp(outside, -farthest, farthest);
}

}  // namespace

double unlikeness(const space& domain, const assignments& a, const assignments& b) {
  double sum = 0;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const double x = a.values[i], y = b.values[i];
    double apart = 0;
    if (std::isnan(x) || std::isnan(y))
      apart = std::isnan(x) != std::isnan(y) ? 1 : 0;
    else if (domain.dimensions()[i].type == parameter_type::categorical)
      apart = x == y ? 0 : 1;
    else
      apart = along(domain, i, x) - along(domain, i, y);
    sum += apart * apart;
  }
  return std::sqrt(sum);
}

std::vector<observation_id> solutions(const definition& d, const space& domain, const history& observations) {
  const auto goals = metrics_with(d, strategy::optimize);
  if (goals.size() != 1) return {};
  const auto goal = goals[0];
  std::vector<const observation*> best;
  for (const auto& x : observations)
    if (x.point.values.size() == domain.size() && eligible(d, x)) best.push_back(&x);
  if (best.empty()) return {};
  const bool maximize = d.metrics[goal].objective == objective::maximize;
  std::ranges::stable_sort(best, {},
                           [&](const observation* x) { return maximize ? -x->values[goal] : x->values[goal]; });
  const auto fifth = static_cast<std::size_t>(std::lround(0.2 * static_cast<double>(best.size())));
  best.resize(std::min(best.size(), std::max<std::size_t>(fifth, d.num_solutions)));
  const auto cluster = clusters(domain, best, d.num_solutions);
  std::vector<bool> answered(d.num_solutions, false);
  std::vector<observation_id> out;
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (answered[cluster[i]]) continue;
    answered[cluster[i]] = true;
    out.push_back(best[i]->id);
  }
  return out;
}

}  // namespace vilfredo
