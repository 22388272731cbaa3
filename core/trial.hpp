#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/observation.hpp"
#include "core/space.hpp"
#include "core/time.hpp"

namespace vilfredo {

enum class trial_state {
  queued,     ///< somebody asked for these assignments; nobody has them yet
  running,    ///< held by one lease
  returned,   ///< its attempt was lost or interrupted; the next asker gets it once `retry_at` has come
  completed,  ///< ended with values
  failed,     ///< ended: this configuration does not work, or no attempt survived
  cancelled,  ///< ended by command, observed nothing
  stopped,    ///< ended early by a stopping rule, with what it had reported
  paused,     ///< held back by a stopping rule; an asker may get it again, to go on
};

/// Where a trial's assignments came from.
enum class origin {
  user,      ///< initial or enqueued assignments
  design,    ///< the space-filling sequence a model-based sampler starts with
  fresh,     ///< a plan that missed fewer observations than trials run in parallel
  stale,     ///< an older plan, because no fresh one came in time
  fallback,  ///< the space-filling sequence, because no plan had anything left
};

/// Why an attempt ended without a result.
enum class return_cause {
  lease_expired,  ///< nobody renewed it
  worker_lost,    ///< its compute worker ended
  machine,        ///< the program died of something that need not be its configuration's fault
  interrupted,    ///< stopped on purpose, to be continued
};

struct progress_report {
  double step = 0;
  std::uint32_t attempt = 1;
  /// One a metric: NaN where absent, infinite in the metric's worst direction where it was reported but not finite.
  std::vector<double> values;
};

/// One suggested configuration and what has become of it.
struct trial {
  trial_id id;
  assignments point;
  origin from = origin::user;
  std::optional<task_index> task;  ///< which of the tasks cheaper than a full trial it is
  trial_state state = trial_state::queued;
  std::uint32_t attempt = 0;        ///< 1 with the first lease
  std::uint32_t losses = 0;         ///< attempts that ended as lease_expired or worker_lost
  std::uint32_t crashes = 0;        ///< attempts that ended as machine
  std::uint64_t lease = 0;          ///< number of the lease that holds it; rises with every attempt and renewal
  time_point lease_until{};         ///< the far end of time: held for ever
  std::string worker;               ///< who holds or held it
  vilfredo::revision based_on = 0;  ///< the revision its plan knew
  time_point issued{}, ended{};
  time_point began{};                    ///< its attempt; while it is queued: its wait
  duration ran{0};                       ///< in the state running, over all attempts that left it
  time_point retry_at{};                 ///< returned: not before
  std::optional<double> paused_at = {};  ///< the step of its last pause
  bool attempt_over = false;             ///< paused: its attempt has ended, so it may be resumed
  std::optional<bool> checkpoint = {};   ///< paused: whether that attempt left something to go on from, when known
  std::uint32_t ended_by = 0;            ///< the attempt whose result ended it; 0: none did
  observation_id observed;               ///< the observation that ended it
  std::string reason;                    ///< of the last return, failure or cancellation
  std::vector<progress_report> reports;
  double steps = 0;  ///< the highest step reported
  vilfredo::metadata metadata;
  bool hidden = false;  ///< somebody does not want to see it listed; it counts as before

  bool open() const { return state <= trial_state::returned || state == trial_state::paused; }
  /// It has a place in the budget and no observation yet.
  bool held() const {
    return state == trial_state::running || state == trial_state::returned || state == trial_state::paused;
  }
};

inline constexpr time_point forever = time_point::max();

const char* to_string(trial_state);
const char* to_string(origin);
const char* to_string(return_cause);

}  // namespace vilfredo
