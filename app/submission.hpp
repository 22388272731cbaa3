#pragma once
#include <memory>

#include "app/experiments.hpp"

namespace vilfredo::app {

/// The experiment of a job, among those of a store or a daemon.
struct submission {
  enum class change { none, created, edited };
  experiment_id experiment;
  change made = change::none;
  std::shared_ptr<const ledger> book;  ///< as it is then
};

/// The unarchived experiment of this name, edited to what the job file says now; a new one when there is none. Refused
/// when it is paused, or when more differs than may change.
result<submission> submit(experiments& where, const definition& wanted);

/// The same for those who only work on it: what may change stays as it is, and a pause is waited for.
result<submission> join(experiments& where, const definition& wanted);

/// Whether the experiment is the one that the job describes, but for what may change.
result<void> check_same(const ledger& book, const definition& wanted);

}  // namespace vilfredo::app
