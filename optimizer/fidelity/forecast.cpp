#include "optimizer/fidelity/forecast.hpp"

#include <algorithm>
#include <cmath>

#include "optimizer/fidelity/course.hpp"

// Notation: x, y losses of n trials at a level and at the next, or at the end [n]; x̄, ȳ their means; b the slope,
// b = (Σ (x − x̄)(y − ȳ) + κ S) / (Σ (x − x̄)² + κ S) with S = Σ (x − x̄)² / n, so that κ pairs' worth of evidence says
// that curves run in parallel (b = 1); σ² = Σ (y − ȳ − b (x − x̄))² / (n − 2).

namespace vilfredo {

namespace {

constexpr int octave = 4;          // levels
constexpr double prior_pairs = 2;  // how many pairs the belief is worth that curves go on in parallel
constexpr double steepest = 2;
constexpr double outlying = 5;

double loss_of(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }

/// What lies farther from the median than so many times the best is drawn in: diverged trials say nothing of others.
double cap_of(std::vector<double> x) {
  std::ranges::sort(x);
  const double median = x[x.size() / 2];
  return median + outlying * (median - x.front());
}

}  // namespace

forecast::forecast(const plan_job& job) : job_(job) {
  if (!job.courses) return;
  begin_ = job.observations.size() - std::min(job.observations.size(), job.courses->size());
  std::vector<int> ends;
  for (std::size_t i = 0; i < job.courses->size(); ++i)
    if (const auto& c = (*job.courses)[i]; c && job.observations[begin_ + i].final()) ends.push_back(c->last());
  if (ends.empty()) return;
  any_end_ = true;
  std::ranges::nth_element(ends, ends.begin() + static_cast<std::ptrdiff_t>(ends.size() / 2));
  end_ = ends[ends.size() / 2];
}

/// Losses of the trials that were seen at a level and at the next one, or at their end.
std::vector<forecast::pair> forecast::seen(std::size_t metric, int level, std::optional<int> next) const {
  std::vector<pair> out;
  const auto& m = job_.definition->metrics[metric];
  for (std::size_t i = 0; i < job_.courses->size(); ++i) {
    const auto& c = (*job_.courses)[i];
    const auto& x = job_.observations[begin_ + i];
    if (!c || x.task) continue;
    const auto now = c->at(level);
    if (metric >= now.size() || !std::isfinite(now[metric])) continue;
    double then = absent;
    if (next) {
      if (const auto later = c->at(*next); !later.empty()) then = later[metric];
    } else if (x.final() && metric < x.values.size()) {
      then = x.values[metric];
    }
    if (std::isfinite(then)) out.push_back({loss_of(m, now[metric]), loss_of(m, then)});
  }
  return out;
}

std::optional<forecast::line> forecast::fitted(std::vector<pair> those) const {
  if (those.size() < fewest) return std::nullopt;
  std::vector<double> xs, ys;
  for (const auto& p : those) {
    xs.push_back(p.x);
    ys.push_back(p.y);
  }
  line out;
  out.count = those.size();
  out.cap = cap_of(xs);
  const double most = cap_of(ys), n = static_cast<double>(those.size());
  for (auto& p : those) {
    p = {std::min(p.x, out.cap), std::min(p.y, most)};
    out.from += p.x / n;
    out.to += p.y / n;
  }
  double together = 0;
  for (const auto& p : those) {
    out.spread += (p.x - out.from) * (p.x - out.from);
    together += (p.x - out.from) * (p.y - out.to);
  }
  const double parallel = prior_pairs * out.spread / n;
  out.slope = out.spread > 0 ? std::clamp((together + parallel) / (out.spread + parallel), 0.0, steepest) : 1;
  for (const auto& p : those) {
    const double rest = p.y - out.to - out.slope * (p.x - out.from);
    out.variance += rest * rest / (n - 2);
  }
  if (!std::isfinite(out.variance) || !std::isfinite(out.spread)) return std::nullopt;
  return out;
}

std::optional<forecast::line> forecast::line_from(std::size_t metric, int level) const {
  const std::pair key{metric, level};
  if (auto known = lines_.find(key); known != lines_.end()) return known->second;
  std::optional<line> out;
  if (level + octave <= end_) out = fitted(seen(metric, level, level + octave));
  if (!out) {
    out = fitted(seen(metric, level, std::nullopt));
    if (out) out->to_the_end = true;
  }
  lines_.emplace(key, out);
  return out;
}

std::optional<forecast::value> forecast::of(std::size_t metric, double step, double reported) const {
  if (!any_end_ || !std::isfinite(reported)) return std::nullopt;
  double loss = loss_of(job_.definition->metrics[metric], reported), variance = 0;
  for (int level = level_of(step);; level += octave) {
    const auto by = line_from(metric, level);
    if (!by) return std::nullopt;
    const double away = std::min(loss, by->cap) - by->from, n = static_cast<double>(by->count);
    const double leverage = 1 + 1 / n + (by->spread > 0 ? away * away / by->spread : 0);
    loss = by->to + by->slope * away;
    variance = by->slope * by->slope * variance + by->variance * leverage;
    if (by->to_the_end) return value{loss, std::sqrt(variance)};
  }
}

std::optional<std::vector<forecast::value>> forecast::of_all(double step, std::span<const double> reported) const {
  const auto& metrics = job_.definition->metrics;
  if (reported.size() != metrics.size()) return std::nullopt;
  std::vector<value> out;
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    out.push_back({loss_of(metrics[m], reported[m]), 0});
    if (metrics[m].strategy == strategy::store) continue;
    auto there = of(m, step, reported[m]);
    if (!there) return std::nullopt;
    out.back() = *there;
  }
  return out;
}

}  // namespace vilfredo
