#pragma once
#include <array>
#include <string_view>

#include "io/json_reader.hpp"

/// The keys of each object of a job file, and advice for the words of other tools and of issues to come. The codec
/// refuses by these lists, and a test keeps configs/job.schema.json in step with them.
namespace vilfredo::io::keys {

using namespace std::string_view_literals;
using stranger = known_keys::stranger;

inline constexpr std::array job{
    "name"sv,
    "parameters"sv,
    "conditionals"sv,
    "linear_constraints"sv,
    "metrics"sv,
    "type"sv,
    "observation_budget"sv,
    "sampler"sv,
    "parallel_bandwidth"sv,
    "num_solutions"sv,
    "tasks"sv,
    "early_stopping"sv,
    "seed"sv,
    "stop_when"sv,
    "initial"sv,
    "run"sv,
    "metadata"sv,
    "strict_budget"sv,
    "labels"sv,
    "$schema"sv,
};
inline constexpr std::array job_strangers{
    stranger{"pruner", "write \"early_stopping\""},
    stranger{"scheduler", "write \"early_stopping\""},
    stranger{"project", "a job file belongs to no project; remove the key"},
    stranger{"runs_only", "every experiment here takes trials; remove the key"},
    stranger{"budget", "write \"observation_budget\""},
    stranger{"trials", "write \"observation_budget\""},
    stranger{"n_trials", "write \"observation_budget\""},
    stranger{"max_trials", "write \"observation_budget\""},
    stranger{"parallel", "write \"parallel_bandwidth\""},
    stranger{"n_jobs", "write \"parallel_bandwidth\""},
    stranger{"jobs", "write \"parallel_bandwidth\""},
    stranger{"command", "it belongs into \"run\": {\"command\": […]}"},
    stranger{"metric", "write \"metrics\": […]"},
    stranger{"objective", "write \"metrics\": [{\"name\": …, \"objective\": …}]"},
    stranger{"space", "write \"parameters\": […]"},
    stranger{"search_space", "write \"parameters\": […]"},
};
inline constexpr std::array parameter{
    "name"sv, "type"sv,  "bounds"sv,        "categorical_values"sv, "transformation"sv,
    "grid"sv, "prior"sv, "default_value"sv, "conditions"sv,
};
inline constexpr std::array parameter_strangers{
    stranger{"min", "write \"bounds\": {\"min\": …, \"max\": …}"},
    stranger{"max", "write \"bounds\": {\"min\": …, \"max\": …}"},
    stranger{"low", "write \"bounds\": {\"min\": …, \"max\": …}"},
    stranger{"high", "write \"bounds\": {\"min\": …, \"max\": …}"},
    stranger{"range", "write \"bounds\": {\"min\": …, \"max\": …}"},
    stranger{"log", "write \"transformation\": \"log\""},
    stranger{"scale", "write \"transformation\": \"log\""},
    stranger{"values", "write \"categorical_values\", or \"grid\" for numbers"},
    stranger{"choices", "write \"categorical_values\""},
    stranger{"default", "write \"default_value\""},
    stranger{"condition", "write \"conditions\": {PARENT: VALUE}"},
    stranger{"step", "write all values as \"grid\": […]"},
};
inline constexpr std::array parameter_type_strangers{
    stranger{"float", "write \"double\""},       stranger{"real", "write \"double\""},
    stranger{"number", "write \"double\""},      stranger{"integer", "write \"int\""},
    stranger{"choice", "write \"categorical\""}, stranger{"bool", "write \"categorical\" with two values"},
};
inline constexpr std::array bounds{"min"sv, "max"sv};
inline constexpr std::array bounds_strangers{
    stranger{"low", "write \"min\""},
    stranger{"lower", "write \"min\""},
    stranger{"high", "write \"max\""},
    stranger{"upper", "write \"max\""},
};
inline constexpr std::array categorical_value{"name"sv};
inline constexpr std::array normal_prior{"name"sv, "mean"sv, "scale"sv};
inline constexpr std::array beta_prior{"name"sv, "shape_a"sv, "shape_b"sv};
inline constexpr std::array conditional{"name"sv, "values"sv};
inline constexpr std::array linear_constraint{"type"sv, "threshold"sv, "terms"sv};
inline constexpr std::array term{"name"sv, "weight"sv};
inline constexpr std::array metric{"name"sv, "objective"sv, "strategy"sv, "threshold"sv};
inline constexpr std::array metric_strangers{
    stranger{"direction", "write \"objective\""},
    stranger{"goal", "write \"objective\""},
    stranger{"mode", "write \"objective\""},
    stranger{"type", "write \"objective\" or \"strategy\""},
};
inline constexpr std::array objective_strangers{
    stranger{"min", "write \"minimize\""},
    stranger{"max", "write \"maximize\""},
};
inline constexpr std::array task{"name"sv, "cost"sv};
inline constexpr std::array stopping_group{"all"sv};
inline constexpr std::array stop_when{"seconds"sv, "failed"sv, "stagnation"sv, "target"sv, "steps"sv, "cost"sv};
inline constexpr std::array stagnation{"observations"sv, "probability"sv};
inline constexpr std::array stop_when_strangers{
    stranger{"timeout", "write \"seconds\""},
    stranger{"trials", "write \"observation_budget\" beside \"stop_when\""},
};
inline constexpr std::array run{
    "command"sv, "directory"sv, "environment"sv, "timeout_seconds"sv, "grace_seconds"sv, "retries"sv, "resources"sv,
};
inline constexpr std::array run_strangers{
    stranger{"timeout", "write \"timeout_seconds\""},
    stranger{"grace", "write \"grace_seconds\""},
    stranger{"env", "write \"environment\""},
    stranger{"cwd", "write \"directory\""},
    stranger{"cpus", "it belongs into \"resources\""},
    stranger{"gpus", "it belongs into \"resources\""},
    stranger{"memory_mb", "it belongs into \"resources\""},
    stranger{"args", "write program and arguments as one list, \"command\""},
};
inline constexpr std::array resources{"cpus"sv, "gpus"sv, "memory_mb"sv};
inline constexpr std::array resources_strangers{
    stranger{"memory", "write \"memory_mb\""},
};

}  // namespace vilfredo::io::keys
