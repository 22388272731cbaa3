#pragma once
#include <string>
#include <vector>

namespace vilfredo::bench {

/// What lies between the ends with a probability of 90 %.
struct interval {
  double middle = 0, low = 0, high = 0;
};

/// scores[problem][competitor][seed], less is better. For each competitor its mean rank (1 the best, equal ones share)
/// over problems and seeds; the interval by drawing seeds again, for each problem by itself (Efron 1979).
std::vector<interval> mean_ranks(const std::vector<std::vector<std::vector<double>>>& scores);

/// The geometric mean over problems of the geometric means over seeds of max(score, floor), by competitor.
std::vector<double> geometric_means(const std::vector<std::vector<std::vector<double>>>& scores, double floor);

}  // namespace vilfredo::bench
