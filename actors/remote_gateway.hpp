#pragma once
#include <cstdint>
#include <functional>
#include <map>

#include "actors/protocol.hpp"

namespace vilfredo::actors {

/// To itself, from whoever carried a command: how it ended.
struct carried {
  std::uint64_t number = 0;
  vilfredo::outcome outcome;
};

using remote_gateway_actor = caf::typed_actor<answers<outcome, command_to>, hears<carried>>;

struct remote_gateway_state {
  static inline const char* name = "remote_gateway";
  remote_gateway_state() = default;
  std::map<std::uint64_t, caf::typed_response_promise<outcome>> in_flight;
  std::uint64_t next = 1;
};

/// Takes a command somewhere and calls `answer` exactly once, on any thread.
using carry_function = std::function<void(const command_to& what, std::function<void(outcome)> answer)>;

/// A carrier to experiments that this process does not keep. Bounded by who sends: a compute worker has a few commands
/// a slot on their way.
remote_gateway_actor::behavior_type
run_remote_gateway(remote_gateway_actor::stateful_pointer<remote_gateway_state> self, carry_function carry);

}  // namespace vilfredo::actors

VILFREDO_LOCAL_MESSAGE(vilfredo::actors::carried)
