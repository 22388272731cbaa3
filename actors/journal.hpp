#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "actors/protocol.hpp"
#include "core/ports.hpp"

namespace vilfredo::actors {

struct journal_options {
  std::size_t most_waiting = 20'000;  ///< appends that wait for one commit; more are refused as overloaded
};

struct journal_state {
  static inline const char* name = "journal";
  journal_state() = default;
  std::shared_ptr<vilfredo::journal> store;
  journal_options options;
  std::vector<std::function<void(const result<void>&)>> batch;  ///< who waits for the commit of what he staged
  journal_measures counted;
};

/// Owns the store. It writes on arrival and sends itself a commit, so one sync serves all that arrived before it, and
/// there is nothing to tune. Spawn it detached in programs: a sync takes milliseconds.
journal_actor::behavior_type run_journal(journal_actor::stateful_pointer<journal_state> self,
                                         std::shared_ptr<vilfredo::journal> store, journal_options options);

}  // namespace vilfredo::actors
