#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/commands.hpp"
#include "core/events.hpp"
#include "core/ledger.hpp"
#include "optimizer/engine.hpp"
#include "tests/sim/record.hpp"

namespace vilfredo::sim {

/// A promise that was broken: which, and how it was seen.
struct violation {
  std::string invariant;
  std::string what;
};

/// Watches over a run from outside: sees each fact as it becomes durable, each command as it is sent and each answer as
/// it leaves, keeps a record of its own, and says when they contradict each other.
///
/// Knows the commands and the facts, but none of the code that decides or folds them; only bounds are checked with
/// `space::check`, and derived figures are recomputed by brute force.
class invariants {
public:
  /// Only these invariants are heeded; none: all. To prove that each sees what it is there for.
  std::set<std::string> armed;

  const std::optional<violation>& broken() const { return broken_; }
  void violated(const std::string& invariant, const std::string& what);

  void durable(experiment_id experiment, const fact& x);
  void sent(experiment_id experiment, const request& x);
  void answered(experiment_id experiment, const request& x, const outcome& got);
  /// What the feed told: durable already, in order, never twice; without a hole where nothing has `struck` that could
  /// have torn one.
  void published(experiment_id experiment, const std::vector<fact>& facts, bool struck);
  void forget_feed() { fed_.clear(); }

  /// How many facts a reader that asks now must see at least.
  std::uint64_t facts(experiment_id experiment) const;
  /// A reader's answer, asked for when `at_least` facts were durable.
  void read(experiment_id experiment, const ledger& book, std::uint64_t at_least);
  /// The store as it stands after a crash or at the end.
  void stored(experiment_id experiment, const std::vector<fact>& facts);
  /// A live engine all of whose facts are durable: against the replay of its facts, in all that it holds and in what
  /// it would suggest next.
  void live(experiment_id experiment, const engine& inside, time_point now);
  /// Long after the last fault: no trial is held by a lease that ran out before `then`.
  void settled(experiment_id experiment, time_point then);

  const record* find(experiment_id experiment) const;

private:
  void derived(experiment_id experiment, const ledger& book);
  record& of(experiment_id experiment) { return records_[experiment]; }

  std::map<experiment_id, record> records_;
  std::map<experiment_id, std::uint64_t> fed_;
  std::optional<violation> broken_;
};

}  // namespace vilfredo::sim
