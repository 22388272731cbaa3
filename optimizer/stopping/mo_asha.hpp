#pragma once
#include <map>
#include <unordered_map>
#include <vector>

#include "optimizer/stopping/fronts.hpp"
#include "optimizer/stopping/rungs.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// Asynchronous successive halving for several metrics (Schmucker et al. 2021, "Multi-objective asynchronous successive
/// halving", with its epsilon net). As `asha`, but those that have reached a rung are sorted into non-dominated fronts:
/// the best 1/η are the members of the first fronts, and of the one that does not fit as a whole, those that stand for
/// it best. A trial whose report lacks one of the metrics is not judged there.
///
/// A report at a rung costs a search for its front, and, where it lies on the front that does not fit, a choice among
/// that front's members: with 10 000 trials at a rung some tens of microseconds, at worst milliseconds.
class mo_asha final : public stopper {
public:
  /// `metrics`: the indices of those that are judged by.
  mo_asha(rungs levels, std::vector<std::size_t> metrics) : levels_(levels), metrics_(std::move(metrics)) {}

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<mo_asha>(*this); }

private:
  struct rung {
    fronts members;
    std::unordered_map<std::uint64_t, std::vector<double>> of;  // by trial: what it was taken in with
  };
  std::map<double, rung> rungs_;  // by level
  rungs levels_;
  std::vector<std::size_t> metrics_;
};

}  // namespace vilfredo::stopping
