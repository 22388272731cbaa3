#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "tpe": tree-structured Parzen estimators (Bergstra et al. 2011), multivariate (Falkner et al. 2018), for
/// any number of objectives and constraints.
///
/// Observations are split into few good and many bad ones (`split_observations`), each set becomes a density
/// (`parzen`), and of some draws from the good one the draw with the greatest ratio good / bad is suggested. Pending
/// points and the plan's own earlier candidates count as bad (a constant liar), so that parallel trials keep apart.
/// Dimensions that exist under the same conditions share a density of their own, built from the observations in which
/// they existed; dimensions that others depend on are chosen first.
///
/// Bounded cost: of the bad observations the newest are kept, and of the older ones every k-th, counted k-fold.
result<plan> suggest_tpe(const plan_job& job);
std::span<const option_description> tpe_options();

}  // namespace vilfredo
