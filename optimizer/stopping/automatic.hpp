#pragma once
#include <map>
#include <vector>

#include "optimizer/stopping/leaders.hpp"
#include "optimizer/stopping/opening.hpp"
#include "optimizer/stopping/ranked.hpp"
#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

struct automatic_options {
  std::size_t min_trials = 0;  ///< nobody is stopped before so many are completed
  std::size_t scouts = 64;     ///< one trial in so many is never stopped, to learn from; 0: none
};

/// Stops as much as the trials so far say is worth it, for one metric or several, and for steps of any unit.
///
/// Octave o is the steps from 2^o up to 2^(o+1); a trial's mark there is the first that it reports in it.
///
///   E     the elite: of the completed trials, those whose last values the fewest others dominate       m of them
///   b(x)  how many of E had, in the same octave, a mark that dominates x's
///   L(t)  (1 + #{e ∈ E: b(e) > t}) / (m + 1), the chance that one of the elite's kind has b > t: the marks of the next
///         one and of E's members are exchangeable (conformal prediction; Vovk, Gammerman & Shafer 2005, section 2.2)
///   S(t)  the share of the completed trials with a mark in the octave that have b > t, over a sample of them
///   c     the share of its steps that a trial has still before it
///
/// Who is stopped at b > t spares c of its steps. The elite's kind found per step changes by the factor
/// (1 − L(t)) / (1 − c · S(t)): the t that makes this greatest is the limit, among those that stop none of E or let
/// L(t) be at most `most_lost`. Where the factor is not above `least_gain` for any, nobody is stopped. So where marks
/// foretell nothing, E is as far behind as all are, and few or none stop; where they do, E is ahead early, and nearly
/// all others stop.
///
/// Until `smallest_elite` trials are completed there is nothing to learn from, and steps are spent all the same: an
/// `opening` halves at each octave then, and one trial in `early_scouts` goes to its end whatever it reports. Where
/// curves cross, the opening errs with the few trials that begin before the scouts have shown it.
///
/// S is not taken over stopped trials: they are behind because that is why they were stopped, which proves nothing.
/// Scouts, chosen by a hash of their ids and never stopped, find what begins badly and ends well.
///
/// However many trials there are, a judgement takes m comparisons, once an octave of each trial, and the first one in
/// an octave after the elite or the sample changed `sample_size` · m. A completion takes one with each leader.
class automatic final : public stopper {
public:
  automatic(automatic_options options, std::vector<std::size_t> metrics)
      : options_(options), metrics_(std::move(metrics)) {}

  void reported(trial_id trial, const curve& x, std::size_t row) override;
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<automatic>(*this); }

private:
  using marks = std::map<int, std::vector<double>>;  // by octave
  struct census {                                    // of an octave
    std::vector<std::vector<double>> elite;          // their marks
    std::vector<double> of_elite, of_sample;         // how many, by number of the elite that dominate them
    double reached = 0;                              // how many of the sample
  };
  marks marks_of(const curve& x) const;
  census census_of(int octave) const;
  /// More of the elite than this is too many; nothing where stopping is not worth it.
  std::optional<std::size_t> limit_in(int octave) const;
  bool scout(trial_id trial, std::size_t one_in) const;
  bool opening_is_over() const;

  static constexpr std::size_t smallest_elite = 4, largest_elite = 32, sample_size = 128, early_scouts = 8;
  static constexpr double least_gain = 1.05, most_lost = 0.1;
  automatic_options options_;
  std::vector<std::size_t> metrics_;
  ranked lengths_;  // last steps of completed trials
  opening opening_;
  leaders leaders_{largest_elite};
  std::map<std::uint64_t, marks> marks_;   // of the leaders, by trial
  std::map<std::uint64_t, marks> sample_;  // of the completed trials with the least hashes, by hash
  std::vector<std::uint64_t> elite_;       // trials
  // By octave, what was asked for since the elite or the sample changed, or since the last completion.
  mutable std::map<int, census> censuses_;
  mutable std::map<int, std::optional<std::size_t>> limits_;
};

}  // namespace vilfredo::stopping
