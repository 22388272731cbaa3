#pragma once
#include <map>
#include <vector>

#include "optimizer/stopping/front.hpp"
#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct dominance_options {
  std::vector<std::size_t> metrics;
  double warmup_steps = 0;
  std::size_t min_trials = 5;
};

/// The median rule for several metrics at once (after Golovin et al. 2017, "Google Vizier: a service for black-box
/// optimization", section 3.2.2): a trial stops when its best losses so far, one a metric, are dominated by the medians
/// of what the completed trials' best losses were at the same step.
///
/// It promises that a trial whose best losses are on the front of these at its step goes on. (The medians alone do not:
/// on a front that bends outwards, they dominate its middle.) It judges once in a cell of steps (`cells.hpp`).
class dominance final : public stopper {
public:
  explicit dominance(dominance_options options) : options_(std::move(options)) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<dominance>(*this); }

private:
  struct column {
    std::vector<ranked> bests;  // one a metric
    stopping::front front;
  };
  /// The best losses so far, or nothing while a metric is absent.
  std::optional<std::vector<double>> bests_in(const curve& x, std::size_t row) const;

  std::map<int, column> columns_;  // by cell
  dominance_options options_;
};

}  // namespace vilfredo::stopping
