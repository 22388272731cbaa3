#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/events.hpp"
#include "core/ids.hpp"

/// What the core needs of the outside, as interfaces, so that actors and input/output meet without knowing each other
/// and a test passes a list in memory.
namespace vilfredo {

/// Something small beside the experiments, kept whole: a project, a token, a run.
struct document {
  std::string collection;
  std::string key;
  std::uint64_t number = 0;   ///< within its collection, from 1, never used twice
  std::uint64_t version = 0;  ///< rises with every change
  time_point created{}, updated{};
  std::string body;
};
struct document_change {
  std::string collection;
  std::string key;                       ///< empty: a new document whose key is its number
  std::optional<std::uint64_t> version;  ///< what it must be now, 0: it must not exist; none: whatever it is
  std::optional<std::string> body;       ///< none: remove it
  time_point at{};
};
struct document_query {
  std::string collection;
  std::optional<std::string> key;  ///< none: all, by number
};

/// Keeps documents. Used by one thread at a time, together with the journal that it belongs to.
class document_store {
public:
  virtual ~document_store() = default;
  virtual result<std::vector<document>> find(const document_query& what) = 0;
  /// All or none, durable with the journal's next commit. errc::conflict when a version is another; the message names
  /// the document.
  virtual result<std::vector<document>> stage(std::span<const document_change> changes) = 0;
};

/// The append-only store of facts. Used by one thread at a time.
///
/// Batches: facts staged since the last commit become durable together. When `stage` or `commit` fails, nothing staged
/// since the last successful commit is kept, and the journal can be used again.
class journal {
public:
  virtual ~journal() = default;

  struct entry {
    experiment_id experiment;
    std::string name;
  };
  /// Every experiment in the store, by id.
  virtual result<std::vector<entry>> list() = 0;
  /// Calls `each` with the experiment's facts in order, those up to the sequence `after` left out; stops when it
  /// returns false. Fails with errc::internal and the place when the store is damaged: a hole in the sequence, a bad
  /// checksum, a line that cannot be read.
  virtual result<void> load(experiment_id experiment, const std::function<bool(fact&&)>& each,
                            std::uint64_t after = 0) = 0;
  /// Facts of one experiment, in order; their sequence must continue what is there.
  virtual result<void> stage(experiment_id experiment, std::span<const fact> facts) = 0;
  /// When this returns, all that was staged survives a power cut.
  virtual result<void> commit() = 0;
  /// Where documents are kept beside; null: nowhere.
  virtual document_store* documents() { return nullptr; }
};

/// One attempt of a trial, to be run as a program.
struct trial_run {
  experiment_id experiment;
  std::string experiment_name;
  trial_id trial;
  std::uint32_t attempt = 1;
  std::uint64_t seed = 0;
  std::vector<named_value> assignments;
  run_definition program;
  std::vector<std::uint32_t> gpus;          ///< slots it may use; CUDA_VISIBLE_DEVICES
  std::optional<vilfredo::task> task = {};  ///< in an experiment with tasks
};

/// What a running program tells, in order: any number of outputs, then one exit.
struct run_report {
  std::optional<double> step;  ///< none: final values
  std::vector<measurement> values;
};
struct run_failure {
  std::string reason;  ///< the program says that its configuration is bad
};
/// A line meant as a report that cannot be read; the reason names what is wrong.
struct run_misreport {
  std::string reason;
};
struct run_exit {
  std::optional<int> code;    ///< exit code …
  std::optional<int> signal;  ///< … or the signal that ended it …
  std::string start_failure;  ///< … or why it did not start
  bool timed_out = false;
  bool stopped = false;  ///< we asked it to stop
  double seconds = 0;    ///< wall time
  double cpu_seconds = 0;
  std::uint64_t peak_memory_kb = 0;
  std::optional<bool> checkpoint = {};  ///< we asked it to stop: whether its checkpoint folder has something in it
  std::string last_words;               ///< its last line on standard error, for people
};
using run_message = std::variant<run_report, run_failure, run_misreport, run_exit>;

/// Starts programs and watches over them. Calls come from one thread at a time; `tell` is called on the launcher's own
/// thread and must not block.
class launcher {
public:
  using run_key = std::uint64_t;
  virtual ~launcher() = default;

  /// Starts a run under a key of the caller's choice that is not in use. A run that cannot start tells run_exit with
  /// start_failure.
  virtual void start(run_key key, trial_run what, std::function<void(run_message)> tell) = 0;
  /// Politely at first (SIGTERM), after the run's grace time for good (SIGKILL). Unknown keys are ignored.
  virtual void stop(run_key key) = 0;
  /// Ends what is left of an earlier process's run of this trial, if anything is.
  virtual void end_leftovers(experiment_id experiment, trial_id trial) = 0;
};

}  // namespace vilfredo
