#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "actors/compute_worker.hpp"
#include "actors/gateway.hpp"
#include "actors/journal.hpp"
#include "actors/optimizer_pool.hpp"
#include "actors/protocol.hpp"
#include "actors/registry.hpp"

namespace vilfredo::actors {

struct supervisor_options {
  std::function<std::shared_ptr<vilfredo::journal>()> store;  ///< opens the store, or gives the one that is open
  bool detached_journal = true;
  journal_options journal;
  optimizer_pool_options optimizers;
  registry_options registry;
  gateway_options gateway;
  duration first_pause{100};       ///< before children are started again; doubles …
  duration longest_pause{10'000};  ///< … up to this
  std::size_t most_restarts = 20;  ///< in a row without `calm` between; then it gives up
  duration calm{60'000};
  /// Subscribed to every feed that is started, before anything can be published.
  std::function<void(const published&)> listener;
  /// Told who is there whenever that changes: on the supervisor's thread, with handles of nobody while nobody is.
  std::function<void(const household&)> moved = [](const household&) {};
  std::function<void(const std::string&)> tell = [](const std::string&) {};  ///< news for people
  std::function<void(const std::string&)> give_up = [](const std::string&) {};
};

struct supervisor_state {
  static inline const char* name = "supervisor";
  supervisor_state() = default;
  supervisor_options options;
  std::uint64_t life = 0;
  journal_actor journal;
  pool_actor pool;
  feed_actor feed;
  registry_actor registry;
  gateway_actor gateway;
  bool up = false;
  std::set<caf::actor_addr> leaving;  ///< of the house before, those that have not ended
  bool due = false;                   ///< the pause before the next start is over
  std::size_t restarts = 0;           ///< in a row
  std::uint64_t restarts_ever = 0;
  caf::actor_clock::time_point last_restart{};
  std::map<std::uint64_t, std::shared_ptr<const compute_worker_options>> jobs;  ///< workers by number
  std::map<std::uint64_t, compute_worker_actor> workers;
  bool draining = false;  ///< workers that are started from now on ask for nothing
  std::uint64_t next_worker = 1, next_life = 1;
  house_measures measured;  ///< when somebody last asked
};

/// Starts the house and starts it again. Journal, pool, feed, registry and gateway hold nothing that the store does
/// not, so when one of them dies all five are started anew, which leaves no stale handle; compute workers live through
/// it and send their errands again.
supervisor_actor::behavior_type run_supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
                                               supervisor_options options);

}  // namespace vilfredo::actors
