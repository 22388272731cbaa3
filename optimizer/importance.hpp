#pragma once
#include <cstdint>
#include <vector>

#include "core/definition.hpp"
#include "core/observation.hpp"

namespace vilfredo {

/// How much each dimension of the space decides over one metric: shares that sum to 1, or all zero where the
/// observations do not show any difference (fewer than ten, or all equal).
///
/// By PED-ANOVA (Watanabe, Bansal & Hutter 2023): a dimension matters as far as the best tenth of the observations lies
/// elsewhere along it than all of them do, measured by the Pearson divergence of the two densities. What a random tenth
/// would show is taken off, so that a dimension of no effect comes out near zero.
///
/// Best is by the metric's objective. A dimension under conditions is judged among the observations in which it exists
/// and counts for their share.
std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric);

/// How far two dimensions decide only together.
struct pair_importance {
  std::size_t first, second;
  /// From 0, where each alone tells where the best lie, towards 1. Kernels blur what few observations show: two of
  /// which neither tells anything alone come out at 0.3 to 0.5 after some hundreds.
  double together = 0;
};

/// All pairs of dimensions that exist together often enough, those that decide together most first; none where
/// importances would be all zero. Takes some 10 ms a pair.
///
/// With D the divergence of a dimension's or a pair's densities as above, (1 + D of the pair) would be the product of
/// (1 + D) of the two if both were independent among the best; what it is above that counts, as a part of it, and what
/// random tenths show is taken off.
std::vector<pair_importance> pair_importances(const definition& d, const space& domain, const history& observations,
                                              std::size_t metric);

}  // namespace vilfredo
