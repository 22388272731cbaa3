#pragma once
#include <string>

#include "io/api/call.hpp"

/// Runs are deleted by a mark, and so can come back. With a run goes its suggestion, which is hidden, and its
/// observation, so that the experiment no longer learns from it; when the run is back it gives its values anew.
namespace vilfredo::api {

/// In a run's document: its observation was taken away with it, and is to be made again.
inline constexpr const char* observation_gone = "observation_gone";

/// What a document says of a run that is deleted from now on.
void mark_removed(nlohmann::json& run);
/// Takes what a run that was marked has given out of its experiment. May be repeated.
task<nlohmann::json> take_out(call& c, const document& run);
/// Brings the suggestion of a run back.
task<nlohmann::json> bring_back(call& c, const document& run);
/// Whether an observation is there that a run names.
task<bool> observation_there(call& c, const nlohmann::json& run);

task<document> remove_run(call& c, std::string key);
/// All runs of an experiment that are not deleted yet.
task<nlohmann::json> remove_runs_of(call& c, experiment_id experiment);

}  // namespace vilfredo::api
