#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/labels.hpp"
#include "core/metadata.hpp"
#include "core/space.hpp"
#include "core/time.hpp"

namespace vilfredo {

enum class objective { maximize, minimize };
enum class strategy { optimize, constraint, store };

struct metric {
  std::string name;
  vilfredo::objective objective = vilfredo::objective::maximize;
  vilfredo::strategy strategy = vilfredo::strategy::optimize;
  /// optimize: a level the expert needs; constraint: the level that must be met (≥ for maximize, ≤ for minimize).
  std::optional<double> threshold;
  bool operator==(const metric&) const = default;
};

/// What an option of a sampler or a stopping rule may be.
using option_value = std::variant<bool, double, std::string>;

/// A sampler or a stopping rule by its name in its catalogue, with its options.
struct component {
  std::string name;
  std::map<std::string, option_value> options;
  bool operator==(const component&) const = default;
};

/// That an improvement within the next `observations` is less probable than `probability`.
struct improbable_improvement {
  std::uint64_t observations = 0;
  double probability = 0;
  bool operator==(const improbable_improvement&) const = default;
};

/// When the whole experiment ends before its budget of trials is spent.
struct stop_rules {
  std::optional<double> seconds;        ///< since the first trial was issued
  std::optional<std::uint64_t> failed;  ///< failed observations
  std::optional<std::uint64_t>
      stagnation;                        ///< completed observations in a row that did not improve best value or front
  std::map<std::string, double> target;  ///< by metric: ends when one observation meets all of them
  std::optional<improbable_improvement> improbable = {};  ///< in place of `stagnation`
  std::optional<double> steps = {};                       ///< of all trials together
  std::map<std::string, double> cost = {};                ///< by metric: the sum over all observations
  bool operator==(const stop_rules&) const = default;
};

/// Rules that end a trial before its end, by what it reports on the way. A trial is stopped when all rules of any one
/// group say so.
using stopping_rules = std::vector<std::vector<component>>;

struct resources {
  std::uint32_t cpus = 1, gpus = 0;
  std::uint64_t memory_mb = 0;  ///< limit of a trial's address space; 0: none
  bool operator==(const resources&) const = default;
};

/// How a trial is run as a program on the machine that executes it.
struct run_definition {
  std::vector<std::string> command;  ///< argv; {name} and {assignments_file} are replaced
  std::string directory;             ///< working directory; relative to the job file
  std::map<std::string, std::string> environment;
  double timeout_seconds = 0;  ///< 0: none
  double grace_seconds = 10;   ///< between SIGTERM and SIGKILL
  std::uint32_t retries = 0;   ///< further attempts when the cause can be the machine
  vilfredo::resources resources;
  bool operator==(const run_definition&) const = default;
};

/// A way to run a trial: the whole, of cost 1, or something cheaper that foretells it (a part of the data, fewer
/// epochs).
struct task {
  std::string name;
  double cost = 1;  ///< as a share of a full trial
  bool operator==(const task&) const = default;
};

enum class experiment_type { offline, random, grid };

/// All that a user says about an experiment. Plain data; `validate` says whether it makes sense.
struct definition {
  std::string name;
  space_definition space;
  std::vector<metric> metrics;
  std::optional<std::uint64_t> observation_budget;  ///< trials
  std::uint32_t parallel_bandwidth = 1;             ///< trials at a time
  std::uint32_t num_solutions = 1;                  ///< good configurations wanted, unlike one another
  std::vector<task> tasks;                          ///< none, or at least two
  experiment_type type = experiment_type::offline;
  component sampler{"auto", {}};
  stopping_rules early_stopping;
  stop_rules stop_when;
  std::uint64_t seed = 0;
  std::vector<std::vector<named_value>> initial;  ///< tried first, in order
  std::optional<run_definition> run;
  metadata_map metadata;
  /// false: `observation_budget` is what samplers plan for, but whoever asks for more gets more.
  bool strict_budget = true;
  label_map labels;
  bool operator==(const definition&) const = default;
};

/// The space when the definition makes sense; else one sentence that names the place (`parameters[2].bounds: …`).
result<space> validate(const definition& x);

/// What a trial of this task takes from the budget; without a task it is a full one.
double cost_of(const definition& x, std::optional<task_index> task);
/// The same task, but nothing for the one of full cost.
std::optional<task_index> cheaper(const definition& x, std::optional<task_index> task);
/// The task that a trial runs, the one of full cost included; null in an experiment without tasks.
const task* task_of(const definition& x, std::optional<task_index> task);

/// The task of that name among those cheaper than a full trial; nothing for a full trial, as for an empty name.
result<std::optional<task_index>> task_named(const definition& x, const std::string& name);

/// Indices of the metrics with a strategy, in order.
std::vector<std::size_t> metrics_with(const definition& x, strategy s);

const char* to_string(parameter_type);
const char* to_string(objective);
const char* to_string(strategy);
const char* to_string(experiment_type);

}  // namespace vilfredo
