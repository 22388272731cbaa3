#include "optimizer/grading.hpp"

#include <algorithm>
#include <cmath>

#include "core/ranks.hpp"

namespace vilfredo {

namespace {

double loss(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }

bool finite_where_needed(const definition& d, const observation& x) {
  if (!x.final() || x.values.size() != d.metrics.size()) return false;
  for (std::size_t i = 0; i < d.metrics.size(); ++i)
    if (d.metrics[i].strategy != strategy::store && !std::isfinite(x.values[i])) return false;
  return true;
}

}  // namespace

std::optional<graded> grade(const definition& d, const observation& x, std::size_t at) {
  std::vector<graded> out;
  if (!grade(d, x, at, out)) return std::nullopt;
  return std::move(out.front());
}

bool grade(const definition& d, const observation& x, std::size_t at, std::vector<graded>& to) {
  if (!finite_where_needed(d, x)) return false;
  auto& out = to.emplace_back();
  out.what = &x;
  out.at = at;
  for (std::size_t i = 0; i < d.metrics.size(); ++i) {
    const auto& m = d.metrics[i];
    if (m.strategy == strategy::store) continue;
    if (m.strategy == strategy::optimize) out.losses.push_back(loss(m, x.values[i]));
    // Halves, because the difference of two numbers may be beyond a double.
    if (m.threshold) out.excess.push_back(std::max(0.0, loss(m, x.values[i]) / 2 - loss(m, *m.threshold) / 2));
  }
  return true;
}

void rank_violations(std::vector<graded>& all) {
  if (all.empty()) return;
  for (auto& g : all) g.violation = 0;
  std::vector<double> seen;
  for (std::size_t c = 0; c < all[0].excess.size(); ++c) {
    seen.clear();
    for (const auto& g : all)
      if (g.excess[c] > 0) seen.push_back(g.excess[c]);
    std::ranges::sort(seen);
    for (auto& g : all)
      if (g.excess[c] > 0)
        g.violation += static_cast<double>(std::ranges::upper_bound(seen, g.excess[c]) - seen.begin()) /
                       static_cast<double>(seen.size());
  }
}

std::vector<std::size_t> places(const std::vector<graded>& all) {
  const auto objectives = all.empty() ? 0 : all[0].losses.size();
  std::vector<double> feasible, violations;
  feasible.reserve(all.size() * objectives);
  for (const auto& g : all) {
    if (g.violation > 0)
      violations.push_back(g.violation);
    else
      for (double v : g.losses) feasible.push_back(v);
  }
  // Without objectives all that is feasible is equally good.
  const auto ranks = objectives ? non_dominated_ranks(feasible, objectives)
                                : std::vector<std::size_t>(all.size() - violations.size(), 0);
  const auto fronts = ranks.empty() ? 0 : *std::ranges::max_element(ranks) + 1;
  std::ranges::sort(violations);
  std::vector<std::size_t> out;
  out.reserve(all.size());
  std::size_t next = 0;
  for (const auto& g : all) {
    if (g.violation == 0)
      out.push_back(ranks[next++]);
    else
      out.push_back(fronts +
                    static_cast<std::size_t>(std::ranges::lower_bound(violations, g.violation) - violations.begin()));
  }
  return out;
}

}  // namespace vilfredo
