#pragma once

/// Bugs put here on purpose, to prove that the simulation would see them (docs/simulation.md).
///
/// VILFREDO_BUG(name) is the constant false in every library and program that we ship. Only the simulation's second
/// build of the few files that use it defines VILFREDO_PLANTED, and chooses one bug when it starts.
namespace vilfredo::planted {

enum class bug {
  none,
  // In the code below:
  reply_before_durable,   ///< the answer leaves while its facts are on their way to the store
  dirty_read,             ///< a reader sees facts that are not durable
  budget_without_leases,  ///< trials that run do not count towards the budget
  counted_twice,          ///< a second result of an ended trial becomes another observation
  attempt_not_fenced,     ///< an old attempt's failure ends a newer attempt
  observation_id_reused,  ///< the last observation's id is given out again once it was deleted
  summary_not_rebuilt,    ///< best and front stay as they were when an observation is edited
  stale_lease_alarm,      ///< a renewed lease ends when the old one would have
  lease_alarms_lost,      ///< after a restart no alarm watches the leases of before
  candidate_unchecked,    ///< what a sampler suggests is believed to lie in the space
  pending_ignored,        ///< a candidate that is being tried is handed out once more
  stop_rules_forgotten,   ///< a reload loses what the stopping rules had heard
  pause_frees_budget,     ///< a paused trial does not count towards the budget
  resumed_too_early,      ///< a paused trial is handed out while its program still ends
  sequence_by_process,    ///< the space-filling sequence depends on how often the experiment was loaded
  // In the simulated store, where they need no hook:
  sync_is_a_lie,       ///< a commit says "durable" one commit too early
  tail_cut_too_far,    ///< recovery takes the last durable fact for a torn one
  requests_forgotten,  ///< a reload loses the memory of request ids
  plan_recomputed,     ///< a reload makes a plan's candidates anew
  values_rounded,      ///< the store keeps 24 bits of each measured value
};

#ifdef VILFREDO_PLANTED
inline bug chosen = bug::none;
#define VILFREDO_BUG(name) (::vilfredo::planted::chosen == ::vilfredo::planted::bug::name)
#else
#define VILFREDO_BUG(name) false
#endif

}  // namespace vilfredo::planted
