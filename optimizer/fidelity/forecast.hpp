#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// Where trials that were stopped, or still run, would end: what they reported last, carried on as other trials went.
///
/// From a level (optimizer/fidelity/course.hpp) to the one an octave above, and at last to the final value, goes a
/// straight line fitted to all trials that were seen at both: y = a + b x with residual variance σ². A forecast is the
/// chain of these lines, and its variance the sum of
///
///   v ← b² v + σ² (1 + 1/n + (x − x̄)² / Σ (x − x̄)²)
///
/// so that it grows with the steps that are missing, with the trials' scatter, and away from what was seen. Trials that
/// were stopped on the way take part as far as they went: those that end are the better ones, and a line through them
/// alone would be a line through survivors.
class forecast {
public:
  explicit forecast(const plan_job& job);

  struct value {
    double loss = 0;  ///< maximized metrics change sign
    double deviation = 0;
  };
  /// Nothing when the metric was not reported, or too few trials say how it goes on.
  std::optional<value> of(std::size_t metric, double step, double reported) const;
  /// Of all metrics that are optimized or constrained, one a metric of the definition (others stay as they are);
  /// nothing when that of any of these is missing.
  std::optional<std::vector<value>> of_all(double step, std::span<const double> reported) const;

  static constexpr std::size_t fewest = 4;  ///< trials that a line is fitted to

private:
  struct line {
    double from = 0, to = 0;  // means
    double slope = 0, variance = 0, spread = 0, cap = 0;
    std::size_t count = 0;
    bool to_the_end = false;
  };
  struct pair {
    double x = 0, y = 0;
  };
  std::optional<line> fitted(std::vector<pair> those) const;
  std::optional<line> line_from(std::size_t metric, int level) const;
  std::vector<pair> seen(std::size_t metric, int level, std::optional<int> next) const;

  const plan_job& job_;
  std::size_t begin_ = 0;  // the first observation with a place among the courses
  int end_ = 0;            // the level that trials end at
  bool any_end_ = false;
  mutable std::map<std::pair<std::size_t, int>, std::optional<line>> lines_;
};

}  // namespace vilfredo
