#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "app/local_work.hpp"
#include "app/place.hpp"
#include "app/serve_options.hpp"
#include "app/sheet.hpp"
#include "core/error.hpp"
#include "core/trial.hpp"

/// What the command line asks for, as plain data. The one place where flags, environment (VILFREDO_STORE, VILFREDO_URL,
/// VILFREDO_TOKEN) and defaults meet.
namespace vilfredo::app {

struct run_options : work_options {
  std::string store = default_store;
  output_format format = output_format::table;  ///< table or json
  bool quiet = false;
};
struct validate_options {
  std::string job;
  output_format format = output_format::table;
};
struct init_options {
  std::string file = "job.json";
};
/// The verbs that read: an experiment by name or number, none where the store has but one.
struct reading_options {
  place where;
  std::optional<std::string> experiment;
  output_format format = output_format::table;
};
struct list_options : reading_options {
  bool names = false;  ///< only these, one a line
};
struct status_options : reading_options {};
struct trials_options : reading_options {
  std::optional<trial_state> state;
};
struct pareto_options : reading_options {};
struct importances_options : reading_options {
  bool pairs = false;  ///< instead of single parameters
};
struct export_options : reading_options {
  std::optional<std::string> output;  ///< a file; none: standard output
};
/// `pause`, `resume` and `archive`.
struct control_options {
  enum class verb { pause, resume, archive };
  control_options::verb what = verb::pause;
  place where;
  std::string experiment;
};
/// `submit`: a job to a daemon, for workers to run.
struct submit_options {
  std::string job;
  place where;
  output_format format = output_format::table;  ///< table or json
};
/// `worker`: runs trials of a daemon's experiment here.
struct worker_options : work_options {
  place where;
  std::optional<std::uint64_t> experiment;  ///< none: the one that has the job's name
  std::string name;                         ///< empty: one that nobody else has
  std::string directory = "vilfredo.trials";
  double lease_seconds = 60;
  output_format format = output_format::table;  ///< table or json
  bool quiet = false;
};
/// `token`: who may ask a daemon, or the one that will serve a store.
struct token_options {
  enum class verb { create, list, rotate, revoke };
  token_options::verb what = verb::list;
  place where;
  std::string name;
  std::string permissions = "write";            ///< or read, execute
  std::string expires;                          ///< empty: never
  std::string project;                          ///< what it shows and changes; empty: all
  output_format format = output_format::table;  ///< of the list
};
struct completion_options {};
/// Text that was asked for: --help, --version.
struct text_options {
  std::string text;
};

using invocation =
    std::variant<run_options, validate_options, init_options, list_options, status_options, trials_options,
                 pareto_options, importances_options, export_options, control_options, submit_options, worker_options,
                 token_options, serve_options, completion_options, text_options>;

/// Reads the arguments, the program's name not among them. A refusal is one sentence for standard error.
result<invocation> parse_options(std::span<const std::string> arguments);

/// A verb and its flags, for completion.
struct verb_description {
  std::string name;
  std::vector<std::string> flags;
  std::vector<std::string> formats;
};
std::vector<verb_description> verbs();

}  // namespace vilfredo::app
