#include "tests/sim/bugs.hpp"

#include <algorithm>

namespace vilfredo::sim {

std::span<const planted_bug> planted_bugs() {
  using enum planted::bug;
  static const planted_bug all[] = {
      {reply_before_durable, "reply_before_durable", "I1 ack-durable", 200, false},
      {sync_is_a_lie, "sync_is_a_lie", "I1 ack-durable", 200, true},
      {tail_cut_too_far, "tail_cut_too_far", "I1 ack-durable", 200, true},
      {values_rounded, "values_rounded", "I2 ack-exact", 200, true},
      {requests_forgotten, "requests_forgotten", "I3 maybe-bounded", 200, true},
      {observation_id_reused, "observation_id_reused", "I4 id-unique", 200, false},
      {attempt_not_fenced, "attempt_not_fenced", "I5 one-lease", 1000, false},
      {stale_lease_alarm, "stale_lease_alarm", "I5 one-lease", 200, false},
      {counted_twice, "counted_twice", "I6 once-counted", 200, false},
      {budget_without_leases, "budget_without_leases", "I7 budget", 200, false},
      {pause_frees_budget, "pause_frees_budget", "I7 budget", 400, false},
      {resumed_too_early, "resumed_too_early", "I5 one-lease", 400, false},
      {candidate_unchecked, "candidate_unchecked", "I8 bounds", 200, false},
      {pending_ignored, "pending_ignored", "I8 bounds", 200, false},
      {summary_not_rebuilt, "summary_not_rebuilt", "I9 derived", 200, false},
      {plan_recomputed, "plan_recomputed", "I10 replay", 200, true},
      {sequence_by_process, "sequence_by_process", "I11 deterministic", 200, false},
      {stop_rules_forgotten, "stop_rules_forgotten", "I11 deterministic", 400, false},
      {dirty_read, "dirty_read", "I12 monotonic", 200, false},
      {lease_alarms_lost, "lease_alarms_lost", "I13 liveness", 200, false},
  };
  return all;
}

const planted_bug* find_bug(const std::string& name) {
  auto all = planted_bugs();
  auto found = std::ranges::find_if(all, [&](const planted_bug& b) { return name == b.name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace vilfredo::sim
