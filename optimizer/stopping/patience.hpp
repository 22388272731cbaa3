#pragma once
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct patience_options {
  std::size_t metric = 0;
  double steps = 10;
  double min_delta = 0;
};

/// A trial stops when its best value has not become better by more than `min_delta` in the last `steps` steps. What
/// counts is the whole of what was won in them: many small gains are one large one (unlike in Keras).
class patience final : public stopper {
public:
  explicit patience(patience_options options) : options_(options) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<patience>(*this); }

private:
  patience_options options_;
};

}  // namespace vilfredo::stopping
