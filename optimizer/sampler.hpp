#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/observation.hpp"
#include "core/space.hpp"
#include "optimizer/fidelity/course.hpp"

namespace vilfredo {

/// All that a sampler may know. Immutable, shared between threads, and complete: the same job gives the same plan on
/// any machine.
struct plan_job {
  std::shared_ptr<const vilfredo::definition> definition;  ///< metrics (with current thresholds), options, seed
  std::shared_ptr<const vilfredo::space> space;
  history observations;                                         ///< completed and failed, in order
  std::vector<assignments> pending;                             ///< issued and not yet observed
  std::vector<std::optional<task_index>> pending_tasks;         ///< of each of these, when cheaper than a full trial
  std::vector<std::optional<progress_report>> pending_reports;  ///< the last of each of these, if it has reported
  std::shared_ptr<const vilfredo::courses> courses;             ///< of the newest observations; may be null
  vilfredo::revision based_on = 0;
  std::size_t count = 1;    ///< how many candidates are wanted
  std::uint64_t first = 0;  ///< how many candidates all earlier plans made
  std::uint64_t seed = 0;   ///< of this plan
  component sampler;
  std::string hint;  ///< what the sampler's last plan left for its next one; may be empty or unknown
  std::shared_ptr<const std::atomic<bool>> cancelled;  ///< may be null

  bool is_cancelled() const { return cancelled && cancelled->load(std::memory_order_relaxed); }
};

struct plan {
  std::vector<assignments> candidates;  ///< at most `count`; each feasible, best first
  std::string hint;
  std::string note;                    ///< what was chosen and why, in a few words
  bool last = false;                   ///< nothing further to suggest, ever
  std::string sampler = {};            ///< who made it, when the sampler that was asked let another do so
  std::vector<task_index> tasks = {};  ///< one a candidate, in an experiment with tasks; empty: all are full trials
};

/// Makes suggestions. A pure function: no clock, no file, no shared state. Promises, tested for every sampler by
/// tests/support/sampler_contract: candidates are inside bounds, types, conditions and constraints; equal jobs give
/// equal plans; candidates differ from pending points and each other while the space has room; failed observations,
/// constants, infinities and an empty history are survived; a cancelled job returns soon with errc::later; a hint of
/// its own is used, a strange one ignored.
using suggest = result<plan> (*)(const plan_job&);

}  // namespace vilfredo
