#pragma once
#include <map>
#include <unordered_map>
#include <vector>

#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/rungs.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// Asynchronous successive halving, the variant that stops (Li et al. 2020, "A system for massively parallel
/// hyperparameter tuning", with the stopping rule of Ray Tune and Syne Tune).
///
///   η   reduction factor
///   r_k = min_steps · η^k   the rungs, below max_steps
///
/// A trial that reaches a rung goes on if its loss there is among the best 1/η of all that have reached the rung so
/// far; while fewer than η have, everybody goes on. Nobody ever waits.
class asha final : public stopper {
public:
  asha(rungs levels, std::size_t metric) : levels_(levels), metric_(metric) {}

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<asha>(*this); }

private:
  struct rung {
    ranked losses;
    std::unordered_map<std::uint64_t, double> of;  // by trial: what it was taken in with
  };
  std::map<double, rung> rungs_;  // by level
  rungs levels_;
  std::size_t metric_;
};

}  // namespace vilfredo::stopping
