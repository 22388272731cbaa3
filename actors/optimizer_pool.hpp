#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "actors/protocol.hpp"

namespace vilfredo::actors {

/// Computes a plan; may throw. The default looks the sampler up in the catalogue.
using planner = std::function<result<plan>(const plan_job&)>;
result<plan> plan_by_catalogue(const plan_job& job);

struct optimizer_pool_options {
  std::size_t optimizers = 1;
  bool detached = true;  ///< each optimizer has a thread of its own; tests in virtual time say no
  planner plan = plan_by_catalogue;
};

struct optimizer_pool_state {
  static inline const char* name = "optimizer_pool";
  optimizer_pool_state() = default;
  optimizer_pool_options options;
  struct member {
    optimizer_actor handle;
    bool busy = false;
    optimize job;  ///< while busy
    caf::actor_clock::time_point begun{};
  };
  std::map<std::uint64_t, member> members;
  std::uint64_t next_member = 1;
  std::deque<optimize> waiting;  ///< at most one an experiment
  pool_measures counted;
};

/// Hands jobs to idle optimizers, fairly between experiments. An optimizer that dies is replaced, and its experiment is
/// told that the plan failed.
pool_actor::behavior_type run_optimizer_pool(pool_actor::stateful_pointer<optimizer_pool_state> self,
                                             optimizer_pool_options options);

/// Computes one plan at a time; holds nothing that outlives a job. A sampler that throws has failed, no more.
optimizer_actor::behavior_type run_optimizer(optimizer_actor::pointer self, std::uint64_t number, pool_actor pool,
                                             planner plan);

}  // namespace vilfredo::actors
