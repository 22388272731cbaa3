#pragma once
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "optimizer/stopping/fronts.hpp"
#include "optimizer/stopping/limit.hpp"
#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/rungs.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct mo_asha_options {
  rungs levels;
  std::vector<std::size_t> metrics;  ///< that are judged by
  std::vector<loss_limit> limits;
  tie_break by = tie_break::spread;
  halving how = halving::stops;
};

/// Asynchronous successive halving for several metrics (Schmucker et al. 2021, "Multi-objective asynchronous successive
/// halving", with its epsilon net). As `asha`, but those that have reached a rung are sorted into non-dominated fronts:
/// the best 1/η are the members of the first fronts, and of the one that does not fit as a whole, those that stand for
/// it best or add most to its hypervolume. A trial whose report lacks one of the metrics is not judged there.
///
/// Those that meet all constraints at the rung come first (Deb et al. 2002, "A fast and elitist multiobjective genetic
/// algorithm", section VI). A place that they leave is for a trial that is, in each constraint that it misses, nearer
/// to it than all others but as many as there are places. A constraint that is not reported counts as met.
///
/// Of more than `sample_size` trials that meet all constraints at a rung, a half, a quarter, … by a hash of their ids
/// are compared with, so that the cost of a report does not grow with the number of trials. A trial on the front of all
/// is on that of any sample.
///
/// It stops or promotes, as `asha` does. Of those that may be promoted at a rung, the one on the first front goes on
/// first, of a front the one that is chosen first, and after them those that miss a constraint, by their numbers. Who
/// is not in the sample is promoted only at once, when it arrives.
class mo_asha final : public stopper {
public:
  explicit mo_asha(mo_asha_options options) : options_(std::move(options)) {}

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id, const curve&, trial_state) override {}
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<mo_asha>(*this); }

  bool pauses() const override { return options_.how == halving::promotes; }
  void paused(trial_id trial, const curve& x, std::size_t row) override;
  void released(trial_id trial) override;
  std::optional<trial_id> promoted(const std::function<bool(trial_id)>& ready, moment when) const override;

private:
  struct place {
    std::vector<double> losses;
    std::vector<double> excess;  // over each limit; empty when all are met
  };
  struct rung {
    fronts members;                // those that meet all limits, or a sample of them
    std::size_t sound = 0;         // how many do
    std::size_t halvings = 0;      // how often the sample was halved
    std::vector<std::size_t> met;  // how many ever were in the sample of so many halvings
    std::vector<ranked> excesses;  // of the others, one a limit
    std::unordered_map<std::uint64_t, place> of;
    std::set<trial_id> waiting;
  };
  std::vector<double> excess_in(const curve& x, std::size_t row) const;
  /// Takes in a trial that meets all limits, if it belongs to the sample.
  void sample(rung& here, fronts::member x) const;
  static bool in_sample(const rung& here, std::uint64_t trial);
  std::optional<std::string> judge_at(double level, trial_id trial) const;
  std::size_t places_at(const rung& x) const;
  /// Of a trial that misses a limit: how many come before it, when these take all places.
  std::optional<std::size_t> shut_out(const rung& here, const place& mine, std::size_t places) const;
  std::optional<trial_id> promoted_at(const rung& here, std::size_t places,
                                      const std::function<bool(trial_id)>& ready) const;

  static constexpr std::size_t sample_size = 1024;
  std::map<double, rung> rungs_;                     // by level
  std::unordered_map<std::uint64_t, double> waits_;  // by trial: at which level
  mo_asha_options options_;
};

}  // namespace vilfredo::stopping
