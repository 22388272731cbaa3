#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports.hpp"
#include "optimizer/engine.hpp"

namespace vilfredo {

/// One experiment to ask and tell, inside a program of one thread: no actors, no files, nothing waits.
///
///   auto tuning = study::make(what);
///   while (auto next = tuning->ask()) tuning->tell(next->trial, measure(next->assignments));
///
/// It drives an `engine`: plans are made within the call that makes them due, so every call returns when all is
/// settled. A study that was saved and loaded goes on exactly as it would have gone on.
class study {
public:
  /// What time it is, for those who use stop rules in seconds or read the facts' times. Without one time stands still.
  using clock = std::function<time_point()>;

  static result<study> make(const definition& what, clock now = {});
  /// As `save` left it, the trials that ran still running.
  static result<study> load(journal& from, experiment_id which, clock now = {});
  /// Writes what has happened since it was made, loaded or last saved. Fails, and may be called again, when the journal
  /// does.
  result<void> save(journal& to, experiment_id as);

  struct suggestion {
    trial_id trial;
    std::vector<named_value> assignments;  ///< those that are active, by name
    vilfredo::assignments point;           ///< the same as numbers, in the space's order
    vilfredo::origin origin = origin::user;
    std::uint64_t seed = 0;                   ///< for the trial's own randomness
    std::optional<vilfredo::task> task = {};  ///< in an experiment with tasks: what to run
  };
  /// Refused when the budget is spent or a stop rule ended it (errc::exhausted), or while there is nothing to try
  /// (errc::later). As many trials may run at once as one likes.
  result<suggestion> ask();
  /// Values at a step of a running trial; the answer says whether to go on. At `pause`, keep what the trial needs to go
  /// on: `ask` may give it again.
  result<advice> report(trial_id trial, double step, std::vector<measurement> values);
  result<recorded> tell(trial_id trial, std::vector<measurement> values);
  /// The configuration does not work.
  result<recorded> fail(trial_id trial, std::string why);
  /// Everything else that can be done with an experiment: enqueue, observe, cancel, edit_experiment, …
  outcome carry_out(command what);

  /// The observation with the best value of an optimized metric among those that meet all thresholds; null before there
  /// is one.
  const observation* best(std::size_t metric = 0) const;
  /// Those that no other beats in all optimized metrics.
  std::vector<const observation*> front() const;
  const ledger& book() const { return engine_.book(); }

private:
  study(engine what, clock now) : engine_(std::move(what)), clock_(std::move(now)) {}
  time_point now() const { return clock_ ? clock_() : engine_.book().last_fact_at(); }
  /// Takes in a step and makes the plans it asks for; the reply to `mine`, if it is among what follows.
  std::optional<outcome> settle(step next, ticket mine);
  void ring(time_point until);
  std::uint32_t attempt_of(trial_id x) const;

  engine engine_;
  clock clock_;
  std::vector<fact> unsaved_;
  std::multimap<time_point, timer> alarms_;
  ticket last_ = 0;
};

}  // namespace vilfredo
