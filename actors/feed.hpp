#pragma once
#include <functional>
#include <map>

#include "actors/protocol.hpp"

namespace vilfredo::actors {

struct feed_state {
  static inline const char* name = "feed";
  feed_state() = default;
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::function<void(const published&)>> subscribers;
  std::map<experiment_id, standing> known;
  feed_measures counted;  ///< but what follows from `known`
};

/// Tells everybody who listens what has become durable, and counts it. A listener's own queue must be bounded where it
/// delivers to; the feed keeps no facts. A listener that throws is dropped.
feed_actor::behavior_type run_feed(feed_actor::stateful_pointer<feed_state> self);

}  // namespace vilfredo::actors
