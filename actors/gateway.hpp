#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "actors/agenda.hpp"
#include "actors/protocol.hpp"

namespace vilfredo::actors {

struct gateway_options {
  std::size_t most_in_flight = 100'000;
  duration locate_timeout{60'000};
  duration slack{60'000};  ///< a command's answer may take this long, an ask's as much longer as its patience
};

struct experiment_answer {
  std::uint64_t number = 0;  ///< in flight
  experiment_id from;
};

struct gateway_state {
  static inline const char* name = "gateway";
  gateway_state() = default;
  registry_actor registry;
  gateway_options options;
  std::map<experiment_id, experiment_actor> known;  ///< forgotten when one dies
  std::map<std::uint64_t, std::function<void(outcome)>> in_flight;
  /// Enactments that were passed on and are not settled yet; they are in flight, too.
  std::shared_ptr<std::atomic<std::size_t>> enacting = std::make_shared<std::atomic<std::size_t>>(0);
  std::uint64_t next = 1;
  /// By when an experiment must have answered what is in flight.
  actors::agenda<experiment_answer> agenda;
  std::uint64_t overloads = 0;

  std::size_t under_way() const { return in_flight.size() + *enacting; }

  /// Whoever still waits is told to ask again: a dropped promise would be silence until the caller's own time-out.
  ~gateway_state();
};

/// A revolving door: finds the experiment, passes the command on, passes the answer back. Turns broken machinery into
/// errc::unavailable, so that callers only ever see our own errors and know that sending the same request again is
/// safe.
gateway_actor::behavior_type run_gateway(gateway_actor::stateful_pointer<gateway_state> self, registry_actor registry,
                                         gateway_options options);

}  // namespace vilfredo::actors
