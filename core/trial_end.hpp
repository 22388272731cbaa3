#pragma once
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/definition.hpp"
#include "core/ports.hpp"

namespace vilfredo {

/// What a running program has said so far, reduced to what its end will be judged by: each metric's last value, final
/// values (those without a step) before reported ones. Its size depends on the number of metrics only.
class run_output {
public:
  void take(const run_message& said);

  /// The last word on each metric, by name.
  std::vector<measurement> values() const;
  /// The same, without what was reported at a step.
  std::vector<measurement> final_values() const;
  /// The program said that its configuration is bad, and why.
  const std::optional<std::string>& failure() const { return failure_; }
  /// Why the first line that was meant as a report could not be read.
  const std::string& misreport() const { return misreport_; }

  static constexpr std::size_t most_names = 1000;  ///< further metric names are dropped: they cannot all be metrics

private:
  std::map<std::string, measurement> reported_, final_;
  std::optional<std::string> failure_;
  std::string misreport_;
};

/// A program that ends with this asks to be tried again later (EX_TEMPFAIL of sysexits.h). A start that failed and has
/// this code was refused by the machine, for want of something that may come back, whatever the program is.
inline constexpr int exit_try_again = 75;
inline bool machine_refused(const run_exit& how) { return !how.start_failure.empty() && how.code == exit_try_again; }

struct run_completed {
  std::vector<measurement> values;
};
struct run_failed {
  std::string reason;
};
struct run_returned {
  return_cause cause = return_cause::machine;
  std::string reason;
};
using run_end = std::variant<run_completed, run_failed, run_returned>;

/// What the end of a run means for its trial.
///
/// Completed only when every optimized and constraint metric is known and finite; given back when the cause can be the
/// machine (a signal, exit code 75, a start that failed) or when it was stopped before it had come to its end; else
/// failed, with a sentence for people. A start that the machine refused counts as if nobody had tried. Of a trial that
/// a stopping rule ended, the ledger wants nothing further.
run_end conclude(const run_exit& how, const run_output& said, const std::vector<metric>& metrics);

}  // namespace vilfredo
