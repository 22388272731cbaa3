#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "actors/experiment.hpp"
#include "actors/protocol.hpp"

namespace vilfredo::actors {

struct registry_options {
  experiment_options experiment;
};

struct registry_state {
  static inline const char* name = "registry";
  registry_state() = default;
  experiment_neighbours near;
  registry_options options;
  std::map<experiment_id, experiment_actor> awake;
  /// Being loaded: whoever asks meanwhile shares the result.
  std::map<experiment_id, std::vector<caf::typed_response_promise<result<located>>>> loading;
  std::set<std::string> being_created;
  /// Being created, by request id: whoever sends the same request meanwhile shares the result.
  std::map<std::string, std::vector<caf::typed_response_promise<result<located>>>> creations;
  /// Created with namesakes by this process, by request id.
  std::map<std::string, experiment_id> created;
  std::uint64_t last_id = 0;  ///< handed out by this process
};

/// Knows the experiments: wakes them when they are needed, and again after one has died.
registry_actor::behavior_type run_registry(registry_actor::stateful_pointer<registry_state> self,
                                           experiment_neighbours near, registry_options options);

}  // namespace vilfredo::actors
