#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "app/serve_options.hpp"
#include "app/sheet.hpp"
#include "core/error.hpp"
#include "core/trial.hpp"

/// What the command line asks for, as plain data. The one place where flags, environment (VILFREDO_STORE) and defaults
/// meet.
namespace vilfredo::app {

inline constexpr const char* default_store = "vilfredo.db";

struct run_options {
  std::string job, store = default_store;
  std::optional<std::size_t> slots;  ///< none: the experiment's parallel_bandwidth
  std::vector<std::uint32_t> gpus;
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
  std::string store = default_store;
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
struct export_options : reading_options {
  std::optional<std::string> output;  ///< a file; none: standard output
};
/// `pause`, `resume` and `archive`.
struct control_options {
  enum class verb { pause, resume, archive };
  control_options::verb what = verb::pause;
  std::string store = default_store;
  std::string experiment;
};
struct completion_options {};
/// Text that was asked for: --help, --version.
struct text_options {
  std::string text;
};

using invocation =
    std::variant<run_options, validate_options, init_options, list_options, status_options, trials_options,
                 pareto_options, export_options, control_options, serve_options, completion_options, text_options>;

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
