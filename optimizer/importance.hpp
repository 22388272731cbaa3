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
/// and counts for their share. It tells of single dimensions, not of pairs that matter only together.
std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric);

}  // namespace vilfredo
