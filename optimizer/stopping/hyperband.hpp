#pragma once
#include <vector>

#include "optimizer/stopping/asha.hpp"

namespace vilfredo::stopping {

/// Hyperband's brackets, each by itself an asynchronous successive halving (Li et al. 2018, "Hyperband: a novel
/// bandit-based approach to hyperparameter optimization"; asynchronous as in Li et al. 2020).
///
///   b   brackets, k = 0, …, b − 1
///   η   reduction factor
///   min_steps · η^k        the first rung of bracket k
///   ⌈b · η^(b−1−k) / (b−k)⌉   of how many trials bracket k is given so many: each bracket spends about as many steps
///
/// A trial's bracket follows from its id and the experiment's seed, and it is compared within it only. So some trials
/// are judged late, and what begins badly and ends well has its chance.
class hyperband final : public stopper {
public:
  hyperband(rungs levels, std::size_t brackets, std::size_t metric, std::uint64_t seed);

  std::size_t bracket_of(trial_id trial) const;

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<hyperband>(*this); }

private:
  std::vector<asha> brackets_;
  std::vector<double> up_to_;  // share of the trials in a bracket and those before it
  std::uint64_t seed_;
};

}  // namespace vilfredo::stopping
