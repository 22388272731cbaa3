#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/agenda.hpp"
#include "actors/clock.hpp"
#include "actors/protocol.hpp"
#include "optimizer/engine.hpp"

namespace vilfredo::actors {

struct experiment_options {
  time_source time;
  duration grace{30'000};           ///< after a restart, open leases last at least this long
  duration append_timeout{60'000};  ///< a store that is silent for longer has failed
  duration first_retry{500};        ///< before loading again after a failure; doubles …
  duration longest_retry{30'000};   ///< … up to this
};

struct experiment_neighbours {
  journal_actor journal;
  pool_actor pool;
  feed_actor feed;
};

/// What is due when the store has been silent for too long about the append of this number.
struct answer_to_append {
  std::uint64_t number = 0;
};

/// Who waits for the answer to a command: one of the two.
struct experiment_caller {
  std::function<void(outcome)> answer;
  std::shared_ptr<enactment> enacting;

  void settle(outcome what) { enacting ? enacting->settle(std::move(what)) : answer(std::move(what)); }
};

/// One engine and what it must not know: promises, alarms, the store's delay. All rules live in the engine.
struct experiment_state {
  static inline const char* name = "experiment";
  experiment_state() = default;
  experiment_id id;
  experiment_neighbours near;
  experiment_options options;
  std::optional<vilfredo::engine> engine;                           ///< none: faulted
  vilfredo::error fault;                                            ///< why there is no engine
  std::shared_ptr<const ledger> stored;                             ///< read for those who looked while there was none
  std::vector<std::function<void(const result<loaded>&)>> lookers;  ///< who wait for that
  std::uint64_t life = 0;  ///< rises with every reload; appends of an older life are stale
  duration next_retry{0};
  ticket next_ticket = 1;
  std::unordered_map<ticket, experiment_caller> callers;
  /// Appends that are not durable yet, oldest first, with the replies that wait for them. The last of them may still be
  /// gathering its facts.
  std::deque<std::vector<reply>> unsettled;
  std::vector<fact> gathering;  ///< not sent to the journal yet
  std::uint64_t appended = 0;   ///< appends that were begun
  /// Alarms of the engine, and by when the store must have answered an append.
  actors::agenda<std::variant<timer, answer_to_append>> agenda;
  std::uint64_t job = 0;

  ~experiment_state();
};

/// An experiment as it is when its actor starts.
struct experiment_start {
  vilfredo::engine engine;
  step first;  ///< alarms and a job that are due; its facts are durable already
};

experiment_actor::behavior_type run_experiment(experiment_actor::stateful_pointer<experiment_state> self,
                                               experiment_id id, experiment_neighbours near, experiment_options options,
                                               std::shared_ptr<experiment_start> start);

}  // namespace vilfredo::actors
