#pragma once
#include <map>
#include <utility>
#include <vector>

#include "core/hash_table.hpp"
#include "optimizer/stopping/asha.hpp"

namespace vilfredo::stopping {

/// Progressive successive halving (Bohdal et al. 2023, "PASHA: efficient HPO and NAS with progressive resource
/// allocation"): as `asha`, but there is a ceiling. It begins at the second rung and lies one rung higher for each rung
/// at which trials are not ranked as they were at the rung before.
///
///   M   the `compared` best trials at a rung
///   ε   how much of a difference is noise: the 90th percentile of the differences at the rung between two of M whose
///       curves, seen at `looks` equally spaced steps up to it, crossed at least twice; 0 without such a pair
///   soft ranking   the i-th of M at the rung must have been within ε of the i-th of M at the rung before
///
/// The paper stops all trials at the ceiling and then trains the best one anew. Here a trial must be completed to
/// count, so who is the best at the ceiling goes on, as far as `asha` lets it; all others stop there.
class pasha final : public stopper {
public:
  pasha(rungs levels, std::size_t metric) : halving_(levels, metric), levels_(levels), metric_(metric) {}

  /// The rung beyond which only the best go, or nothing when that would be at max_steps.
  std::optional<double> ceiling() const;

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<pasha>(*this); }

private:
  static constexpr std::size_t compared = 16, looks = 16;
  struct member {
    double before = 0;          // loss at the rung before
    std::vector<double> looks;  // losses on the way
  };
  struct rung {
    std::map<std::pair<double, std::uint64_t>, member> members;  // by loss and trial
    hash_table<std::uint64_t, double> of;                        // by trial: its loss
    mutable std::optional<bool> stable;                          // once asked for
  };
  static bool is_stable(const rung& x);
  double before(double level) const;

  asha halving_;
  std::map<double, rung> rungs_;  // by level, from the second on
  rungs levels_;
  std::size_t metric_;
};

}  // namespace vilfredo::stopping
