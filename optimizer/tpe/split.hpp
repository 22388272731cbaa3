#pragma once
#include <vector>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// A configuration that a density is built from, and how much it counts.
struct weighted_point {
  const assignments* point = nullptr;
  double weight = 1;
};

/// The observations of a job as two sets: the few that new points should resemble, and all others.
struct tpe_split {
  std::vector<weighted_point> good;
  std::vector<weighted_point> bad;  ///< in order of arrival
};

/// Good are ⌈fraction · n⌉ of the n observations that did not fail, at least one and at most 25:
///
/// - Those that meet every threshold come first. One objective orders them by value; several by non-domination rank
///   (Ozaki et al. 2022), and of the rank that does not fit the subset that covers most: by greedy hypervolume up to
///   three objectives, by greatest distance from those taken beyond, where volumes grow expensive. Up to three
///   objectives they weigh by the volume that only they add.
/// - Then those that miss thresholds, the least violation first. Violations are compared by rank within each metric,
///   so that neither units nor outliers decide, and added up.
/// - Observations that failed or were stopped early, and those with a metric that is no finite number, are always bad.
tpe_split split_observations(const plan_job& job, double fraction);

}  // namespace vilfredo
