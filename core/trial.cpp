#include "core/trial.hpp"

namespace vilfredo {

const char* to_string(trial_state x) {
  switch (x) {
  case trial_state::queued: return "queued";
  case trial_state::running: return "running";
  case trial_state::returned: return "returned";
  case trial_state::completed: return "completed";
  case trial_state::failed: return "failed";
  case trial_state::cancelled: return "cancelled";
  case trial_state::stopped: return "stopped";
  case trial_state::paused: return "paused";
  }
  return "?";
}

const char* to_string(origin x) {
  switch (x) {
  case origin::user: return "user";
  case origin::design: return "design";
  case origin::fresh: return "fresh";
  case origin::stale: return "stale";
  case origin::fallback: return "fallback";
  }
  return "?";
}

const char* to_string(return_cause x) {
  switch (x) {
  case return_cause::lease_expired: return "lease_expired";
  case return_cause::worker_lost: return "worker_lost";
  case return_cause::machine: return "machine";
  case return_cause::interrupted: return "interrupted";
  }
  return "?";
}

}  // namespace vilfredo
