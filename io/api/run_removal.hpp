#pragma once
#include <string>

#include "io/api/call.hpp"

/// Runs are deleted by a mark, and so can come back. A run's suggestion goes and comes with it; its observation stays.
namespace vilfredo::api {

/// Nothing happens for a run without a suggestion.
task<nlohmann::json> show_suggestion(call& c, const document& run, bool shown);
task<document> remove_run(call& c, std::string key);
/// All runs of an experiment that are not deleted yet.
task<nlohmann::json> remove_runs_of(call& c, experiment_id experiment);

}  // namespace vilfredo::api
