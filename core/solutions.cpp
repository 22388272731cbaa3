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

double solution_radius(std::size_t dimensions, std::size_t wanted) {
  const auto d = static_cast<double>(dimensions);
  return 0.3 * std::sqrt(d) * std::pow(static_cast<double>(wanted), -1 / d);
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
  auto loss = [&](const observation* x) { return maximize ? -x->values[goal] : x->values[goal]; };
  std::ranges::stable_sort(best, {}, loss);
  std::vector<const observation*> chosen;
  auto choose = [&](double radius) {
    for (const auto* x : best) {
      if (chosen.size() == d.num_solutions) return;
      const bool another = std::ranges::all_of(chosen, [&](const observation* other) {
        const double apart = unlikeness(domain, other->point, x->point);
        return apart > 0 && apart >= radius;
      });
      if (another) chosen.push_back(x);
    }
  };
  double radius = solution_radius(domain.size(), d.num_solutions);
  for (int halved = 0; halved < 4; ++halved, radius /= 2) choose(radius);
  choose(0);
  std::ranges::stable_sort(chosen, {}, loss);
  std::vector<observation_id> out;
  for (const auto* x : chosen) out.push_back(x->id);
  return out;
}

}  // namespace vilfredo
