#pragma once
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/hash_table.hpp"
#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/rungs.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning").
///
///   η   reduction factor
///   r_k = min_steps · η^k   the rungs, below max_steps
///
/// A trial that reaches a rung goes on if its loss there is among the best 1/η of all that have reached the rung so
/// far. The variant that stops (the stopping rule of Ray Tune and Syne Tune) ends the others at once; while fewer than
/// η have reached the rung, everybody goes on, and nobody ever waits.
///
/// The variant that promotes is the paper's algorithm 2: the others wait, and whoever is among the best once more have
/// come goes on, from the highest rung down, before anything new is tried. Who is among the best on arrival does not
/// wait: the next asker would resume it. At the close the best at the highest rung goes on in any case. A trial that
/// passes several rungs with one report is judged at the highest.
class asha final : public stopper {
public:
  asha(rungs levels, std::size_t metric, halving how = halving::stops) : levels_(levels), metric_(metric), how_(how) {}

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<asha>(*this); }

  bool pauses() const override { return how_ == halving::promotes; }
  void paused(trial_id trial, const curve& x, std::size_t row) override;
  void released(trial_id trial) override;
  std::optional<trial_id> promoted(const std::function<bool(trial_id)>& ready, moment when) const override;

private:
  struct rung {
    ranked losses;
    hash_table<std::uint64_t, double> of;  // by trial: what it was taken in with
    std::set<std::pair<double, trial_id>> waiting;
    std::size_t places(double reduction_factor) const {
      return static_cast<std::size_t>(static_cast<double>(losses.size()) / reduction_factor);
    }
  };
  std::optional<std::string> judge_to_pause(const curve& x, std::size_t row) const;

  std::map<double, rung> rungs_;                                        // by level
  std::unordered_map<std::uint64_t, std::pair<double, double>> waits_;  // by trial: at which level, with which loss
  rungs levels_;
  std::size_t metric_;
  halving how_;
};

}  // namespace vilfredo::stopping
