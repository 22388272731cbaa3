#pragma once
#include <cstddef>
#include <vector>

namespace vilfredo::stopping {

/// What one loss of a trial was at a step, how it had changed since half that step, and what it was at the end.
struct course {
  double now = 0, change = 0, end = 0;
};

/// A forecast of a loss at the end of a trial.
struct prediction {
  double mean = 0, scale = 1;
  std::size_t degrees = 1;       ///< of freedom, of a Student distribution
  double below(double x) const;  ///< the chance of an end below x
};

/// How completed trials' losses went on from a step: a local Bayesian linear regression.
///
///   φ    (1, now, change), the latter two about the query, over their spread
///   r    end − now, what is still to come
///   w_i  (1 − (d_i / h)³)³: the weight of a course at distance d_i < h in φ; h reaches half of the courses, at least 8
///        (Cleveland 1979, "Robust locally weighted regression and smoothing scatterplots")
///   r = φ·β + noise   with slopes β ~ N(0, σ²), a flat prior of the level, and a scaled inverse χ² prior of σ² that
///        weighs as much as one course and says what varies over all of them (Gelman et al. 2013, "Bayesian data
///        analysis", section 14.2)
///
/// The prediction is the Student distribution that follows, with Σ w + 1 degrees of freedom, 30 at most: more would
/// change little. Losses above the upper quartile of the courses, now or at the end, are taken for that quartile: what
/// is that bad is only known not to be good, and outliers, such as trials that diverged, would hide the others.
class forecast {
public:
  /// Of losses without NaN; nothing can be foretold from fewer than 4.
  explicit forecast(std::vector<course> known);
  bool empty() const { return now_.empty(); }
  prediction from(double now, double change) const;

private:
  std::vector<double> now_, change_, rest_;  // of each course, the former two over their spread; end − now
  double worst_now_ = 0, worst_change_ = 0, spread_now_ = 1, spread_change_ = 1, variance_ = 0;
};

}  // namespace vilfredo::stopping
