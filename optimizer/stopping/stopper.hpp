#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/trial.hpp"
#include "optimizer/stopping/curve.hpp"

namespace vilfredo::stopping {

/// Judges trials by what they report on the way. Pure: no clock, no randomness.
///
/// What it knows is a function of the trials' curves and ends, not of the order in which different trials spoke: after
/// a restart it is told trial by trial, and must judge as before. A call costs at most a logarithm of the number of
/// trials, or nearly so.
class stopper {
public:
  virtual ~stopper() = default;

  /// An open trial's report stands in `row` of its curve.
  virtual void reported(trial_id trial, const curve& x, std::size_t row) = 0;
  /// A trial ended as `how`. One that was stopped may come once more, as completed.
  virtual void ended(trial_id trial, const curve& x, trial_state how) = 0;
  /// Why a trial whose report in `row` was the last word heard should stop; nothing when it should go on.
  virtual std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const = 0;
  virtual std::unique_ptr<stopper> clone() const = 0;

  // Of rules that hold trials back and let them go on later:

  /// Its word does not end a trial but pauses it.
  virtual bool pauses() const { return false; }
  /// By its word a trial waits, since the report in `row`.
  virtual void paused(trial_id, const curve&, std::size_t) {}
  /// A trial does not wait any more, if it ever did: it goes on, or it has ended.
  virtual void released(trial_id) {}
  /// When waiting trials are asked for.
  enum class moment {
    amid,    ///< others run, or may be started
    closing  ///< nothing else will come: whoever is ahead goes on to the end, so that somebody does
  };
  /// Of the trials that wait and are `ready`, the one that should go on first, if any should.
  virtual std::optional<trial_id> promoted(const std::function<bool(trial_id)>&, moment) const { return std::nullopt; }
};

}  // namespace vilfredo::stopping
