#pragma once
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct threshold_options {
  std::size_t metric = 0;
  double step = 0;
  double loss = 0;  ///< the value that is asked for, with the sign that makes less better
};

/// An expert's knowledge: a trial whose best value is still worse than this at that step, or at its first report after
/// it, will come to nothing.
class threshold final : public stopper {
public:
  explicit threshold(threshold_options options) : options_(options) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<threshold>(*this); }

private:
  threshold_options options_;
};

}  // namespace vilfredo::stopping
