#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "core/definition.hpp"
#include "core/observation.hpp"
#include "optimizer/few_numbers.hpp"

namespace vilfredo {

/// An observation as samplers see it that only compare.
struct graded {
  const observation* what = nullptr;
  std::size_t at = 0;    ///< its place in the history
  few_numbers losses;    ///< of the optimized metrics
  few_numbers excess;    ///< beyond each threshold, those of optimized metrics too; 0: met
  double violation = 0;  ///< 0 when every threshold is met; see rank_violations
};

/// Nothing when it failed or lacks a finite value of a metric that is optimized or constrained.
std::optional<graded> grade(const definition& d, const observation& x, std::size_t at);
/// The same, put at the end of `to`; false when there is none.
bool grade(const definition& d, const observation& x, std::size_t at, std::vector<graded>& to);

/// Gives each its violation: the sum over the thresholds it misses of its share among those that miss it. Ranks within
/// a metric, so that neither units nor outliers decide.
void rank_violations(std::vector<graded>& all);

/// For each its place in an order in which the best are 0: those that meet every threshold by non-domination, then the
/// others by violation (Deb et al. 2002). Equal ones share a place.
std::vector<std::size_t> places(const std::vector<graded>& all);

}  // namespace vilfredo
