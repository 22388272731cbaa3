#pragma once
#include <cstdint>
#include <vector>

#include "core/definition.hpp"
#include "core/observation.hpp"

namespace vilfredo {

/// How much each dimension of the space decides over whether one metric comes out well: shares that sum to 1, or all
/// zero where the observations do not show any difference (fewer than ten, or all equal).
///
/// A Gaussian process learns the metric from at most 300 observations, and judges 4 000 configurations from all of
/// the space: so it does not matter where the search looked most. A dimension matters as far as the best tenth of these
/// lies elsewhere along it than all of them do, measured by the Pearson divergence of the two densities (PED-ANOVA,
/// Watanabe, Bansal & Hutter 2023). What a random tenth would show is taken off, so that a dimension of no effect comes
/// out near zero.
///
/// Best is by the metric's objective. A dimension under conditions is judged among the configurations in which it
/// exists and counts for their share. Takes some tenths of a second.
std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric);

/// How far two dimensions decide only together.
struct pair_importance {
  std::size_t first, second;
  /// From 0, where each alone tells where the best lie, towards 1. It is seen in 8 by 8 cells: two numbers of which
  /// neither tells anything alone come out at about a half.
  double together = 0;
};

/// All pairs of dimensions that exist together often enough, those that decide together most first; none where
/// importances would be all zero.
///
/// With D the divergence of a dimension's or a pair's densities as above, (1 + D of the pair) would be the product of
/// (1 + D) of the two if both were independent among the best; what it is above that counts, as a part of it, and what
/// random tenths show is taken off.
std::vector<pair_importance> pair_importances(const definition& d, const space& domain, const history& observations,
                                              std::size_t metric);

}  // namespace vilfredo
