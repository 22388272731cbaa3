#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/observation.hpp"
#include "core/trial.hpp"

/// What has happened, in the past tense and for ever: fields may be added with a default, meanings never change.
namespace vilfredo::events {

struct experiment_created {
  std::shared_ptr<const vilfredo::definition> definition;
};
struct experiment_edited {
  edit_experiment changes;
};
struct trial_queued {
  trial_id trial;
  assignments point;
  std::optional<task_index> task = {};
  vilfredo::metadata metadata = {};
};
/// A trial got its next attempt. New trials bring their assignments; queued and returned ones have theirs already.
struct trial_issued {
  trial_id trial;
  std::uint32_t attempt = 1;
  std::string worker;
  std::uint64_t lease = 1;
  time_point lease_until = forever;
  std::optional<assignments> point;
  origin from = origin::user;
  vilfredo::revision based_on = 0;
  std::uint64_t plan = 0;       ///< fresh and stale: the number of the plan …
  std::uint32_t candidate = 0;  ///< … and which of its candidates
  std::uint64_t sequence = 0;   ///< design and fallback: how far the space-filling sequence is used up after this
  std::optional<task_index> task = {};      ///< comes with `point`
  std::optional<double> resumed_from = {};  ///< it had been paused at this step …
  bool anew = false;                        ///< … and had left nothing to go on from
  vilfredo::metadata metadata = {};         ///< null: as before
};
struct lease_renewed {
  trial_id trial;
  std::uint64_t lease = 1;
  time_point lease_until{};
};
struct progress_reported {
  trial_id trial;
  std::uint32_t attempt = 1;
  double step = 0;
  std::vector<double> values;
};
struct trial_completed {
  trial_id trial;
  std::uint32_t attempt = 1;
  observation_id observation;
  std::vector<double> values;
  std::vector<double> stddevs;
  bool late = false;
  vilfredo::metadata metadata = {};
};
struct trial_failed {
  trial_id trial;
  std::uint32_t attempt = 1;
  observation_id observation;
  std::string reason;
  vilfredo::metadata metadata = {};
};
struct trial_returned {
  trial_id trial;
  std::uint32_t attempt = 1;
  return_cause cause = return_cause::lease_expired;
  std::string reason;
  time_point retry_at{};
};
struct trial_cancelled {
  trial_id trial;
  std::string reason;
};
/// An attempt reported a result after another had ended the trial: kept for the record.
struct result_discarded {
  trial_id trial;
  std::uint32_t attempt = 1;
  std::vector<double> values;
};
struct observation_added {
  vilfredo::observation observation;
};
struct observation_edited {
  observation_id observation;
  std::vector<double> values;
  std::vector<double> stddevs;
  std::string failure;
  std::optional<vilfredo::metadata> metadata = {};  ///< none: unchanged
};
struct observation_deleted {
  observation_id observation;
};
struct trial_deleted {
  trial_id trial;
};
/// A sampler's answer; its candidates are never computed again.
struct plan_made {
  std::uint64_t plan = 1;  ///< counts from 1
  vilfredo::revision based_on = 0;
  std::string sampler;
  std::vector<assignments> candidates;
  std::string hint;                    ///< the sampler's warm start for its next plan
  std::string note;                    ///< what it chose and why, in a few words
  bool timeless = false;               ///< does not depend on observations, so never goes stale
  bool last = false;                   ///< the sampler has nothing further to suggest, ever
  std::vector<task_index> tasks = {};  ///< one a candidate; empty: all are full trials
};
struct plan_failed {
  vilfredo::revision based_on = 0;
  std::string sampler;
  std::string reason;
};
struct experiment_paused {};
struct experiment_resumed {};
struct experiment_archived {};
/// A stop rule ended the experiment before its budget.
struct experiment_stopped {
  std::string rule;
  std::string reason;
};

/// A stopping rule ended a trial in the same step as the report that made it judge. The observation holds the values
/// last reported, and at which step; they are not final.
struct trial_stopped {
  trial_id trial;
  std::uint32_t attempt = 1;
  observation_id observation;
  double step = 0;
  std::vector<double> values;
  std::string rule;
  std::string reason;
};

/// A stopping rule holds a trial back, in the same step as the report that made it judge. Its program is told to end;
/// the trial keeps its place in the budget until it is issued again, or stopped because nothing further is started.
struct trial_paused {
  trial_id trial;
  std::uint32_t attempt = 1;
  double step = 0;
  std::string rule;
  std::string reason;
};
/// The attempt of a paused trial has ended: from now on the trial may be resumed.
struct attempt_ended {
  trial_id trial;
  std::uint32_t attempt = 1;
  std::optional<bool> checkpoint = {};  ///< whether it left something to go on from; none: nobody knows
};
struct trial_annotated {
  trial_id trial;
  std::optional<vilfredo::metadata> metadata;
  std::optional<bool> hidden;
};
/// The next `size` facts are the observations of one request, numbered from `first`.
struct batch_begun {
  std::uint32_t size = 0;
  observation_id first;
};

using event =
    std::variant<experiment_created, experiment_edited, trial_queued, trial_issued, lease_renewed, progress_reported,
                 trial_completed, trial_failed, trial_returned, trial_cancelled, result_discarded, observation_added,
                 observation_edited, observation_deleted, trial_deleted, plan_made, plan_failed, experiment_paused,
                 experiment_resumed, experiment_archived, experiment_stopped, trial_stopped, trial_paused,
                 attempt_ended, trial_annotated, batch_begun>;

}  // namespace vilfredo::events

namespace vilfredo {

/// One line of an experiment's journal.
struct fact {
  std::uint64_t sequence = 1;  ///< from 1, without holes
  time_point at{};
  std::string request_id;  ///< of the command it answers; on the command's first fact only
  events::event what;
};

}  // namespace vilfredo
