#pragma once
#include "optimizer/stopping/finished.hpp"
#include "optimizer/stopping/limit.hpp"

namespace vilfredo::stopping {

struct constraint_options {
  loss_limit limit;
  double risk = 0.05;  ///< at which a trial is stopped that would have met it
};

/// A trial stops when its constraint can no longer be met, by what completed trials showed from the same step on.
///
///   c        the trial's loss now, c_i that of completed trial i in the same cell of steps, e_i its loss at its end
///   i shows that it can be met   if c + (e_i − c_i) or c · e_i / c_i meets the limit: the same change, or the same
///   factor (1 + how many show it) / (1 + how many there are) ≤ risk      stops
///
/// Where trials are exchangeable, one that would meet the constraint because it goes on like none of the others is
/// stopped at a report with at most that chance (conformal prediction; Vovk, Gammerman & Shafer 2005, "Algorithmic
/// learning in a random world", section 2.2). So with a risk of 0.05 nobody is stopped before 19 trials are completed.
/// What grows, such as seconds, is foreseen as well as what falls.
class constraint final : public stopper {
public:
  explicit constraint(constraint_options options) : options_(options), sample_({options.limit.metric}) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<constraint>(*this); }

private:
  struct shown {
    double then = 0, end = 0;
  };
  /// What the sample shows from a cell on.
  const std::vector<shown>& shown_from(int cell) const;

  constraint_options options_;
  finished_sample sample_;
  mutable std::map<int, std::vector<shown>> known_;  // by cell: asked for since the sample changed
};

}  // namespace vilfredo::stopping
