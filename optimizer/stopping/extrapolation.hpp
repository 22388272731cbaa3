#pragma once
#include <map>
#include <vector>

#include "optimizer/stopping/finished.hpp"
#include "optimizer/stopping/forecast.hpp"
#include "optimizer/stopping/fronts.hpp"

namespace vilfredo::stopping {

struct extrapolation_options {
  std::vector<std::size_t> metrics;
  double level = 0.25;  ///< a trial is stopped below this share of a new trial's chance
  std::size_t min_trials = 8;
};

/// A trial stops when the chance that its end will be the best, or with several metrics on the front, falls below a
/// share of the chance of a new trial.
///
///   F_j   the forecast of the trial's j-th loss at its end, from the courses of completed trials like it (`forecast`)
///   a     the ends of completed trials that none dominates
///   u(a)  1 − F_j(a_j) for each j: the chances to be worse than a in each metric
///   P     1 − the volume of the union of the boxes [0, u(a)] in the unit cube
///
///   P0    how many of the completed trials are on their front, over how many there are and one more: the chance of a
///         new trial, of which nothing is known, if those before it were like it
///
/// An absolute level would stop all trials once there are many, since the best is ever harder to pass. As the forecasts
/// are independent, that volume is the chance that some a dominates the end, and P the chance that the end improves the
/// front, and so its hypervolume. It is the hypervolume of the points −u, exact for any number of metrics. Of a large
/// front the `largest_front` members that stand for it best are taken, which makes P greater. A trial goes on as soon
/// as a part of P is enough: mostly the chance to pass all of the front in some metric, or, with two metrics, to end
/// near its most likely end.
///
/// It judges once in a cell of steps (`cells.hpp`), from the sample that `finished_sample` keeps: the cost of a judged
/// report is bounded, and that of an end, too.
class extrapolation final : public stopper {
public:
  explicit extrapolation(extrapolation_options options) : options_(std::move(options)), sample_(options_.metrics) {}

  /// P, or nothing where too little is known.
  std::optional<double> chance(const curve& x, std::size_t row) const;
  double chance_of_new() const;  ///< P0

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<extrapolation>(*this); }

private:
  static constexpr std::size_t largest_front = 32;
  /// Of one metric, from the marks in a cell.
  std::vector<course> courses(int cell, std::size_t metric) const;
  /// F, one a metric, or nothing where too little is known.
  std::optional<std::vector<prediction>> foretell(const curve& x, std::size_t row) const;
  /// The front, or those that stand for it, in order of losses.
  const std::vector<std::vector<double>>& front() const;

  extrapolation_options options_;
  finished_sample sample_;
  std::size_t completed_ = 0;
  std::map<std::vector<double>, std::uint64_t> front_;  // ends that none dominates, with the least id of each
  mutable std::map<int, std::vector<forecast>> known_;  // by cell, one a metric: asked for since the sample changed
  mutable std::vector<std::vector<double>> stand_for_;  // empty: not asked for since the front changed
};

}  // namespace vilfredo::stopping
