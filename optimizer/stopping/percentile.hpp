#pragma once
#include <map>
#include <unordered_map>
#include <vector>

#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct percentile_options {
  std::size_t metric = 0;
  double percentile = 50;  ///< of the finished trials' values, from the best
  double warmup_steps = 0;
  double interval = 0;  ///< steps between judgements; 0: at every report
  std::size_t min_trials = 5;
};

/// The median stopping rule and its kin (Golovin et al. 2017, "Google Vizier: a service for black-box optimization",
/// section 3.2.2): a trial stops when its best loss so far is worse than the given percentile of the completed trials'
/// running means up to the same step. Makes no assumption on the shape of curves.
class percentile final : public stopper {
public:
  explicit percentile(percentile_options options) : options_(options) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<percentile>(*this); }

private:
  std::map<double, ranked> means_;  // by step: the running means of completed trials
  percentile_options options_;
};

}  // namespace vilfredo::stopping
