#pragma once
#include <optional>
#include <string>
#include <vector>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// A configuration that a density is built from, and how much it counts.
struct weighted_point {
  const assignments* point = nullptr;
  double weight = 1;
};

/// The observations of a job as two sets: the few that new points should resemble, and the others.
struct tpe_split {
  std::vector<weighted_point> good;
  /// In order of arrival: the newest, and of the older ones each of some at equal distances for those before it.
  std::vector<weighted_point> bad;
  std::size_t others = 0;  ///< how many are not good
  std::string hint;        ///< for the next job: which were the best
};

/// Good are ⌈fraction · n⌉ of the n observations that can be compared, at least one and at most 25:
///
/// - Those that meet every threshold come first. One objective orders them by value; several by non-domination rank
///   (Ozaki et al. 2022), and of the rank that does not fit the subset that covers most: by greedy hypervolume up to
///   three objectives, by greatest distance from those taken beyond, where volumes grow expensive. Up to three
///   objectives they weigh by the volume that only they add.
/// - Then those that miss thresholds, the least violation first (`rank_violations`).
/// - Observations that failed or were stopped early, and those with a metric that is no finite number, are always bad.
///
/// With the hint of the split before, only the hundred that were best and what came in since are compared, so the cost
/// does not grow with the history. Nothing when the job is cancelled.
std::optional<tpe_split> split_observations(const plan_job& job, double fraction);

}  // namespace vilfredo
