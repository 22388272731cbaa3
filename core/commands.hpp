#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/definition.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/metadata.hpp"
#include "core/time.hpp"
#include "core/trial.hpp"

namespace vilfredo {

/// A metric's value as it is reported, by name.
struct measurement {
  std::string metric;
  double value = 0;
  std::optional<double> stddev;
  bool operator==(const measurement&) const = default;
};

/// Hand me a configuration. Answered when there is one, or with errc::later when `patience` ends first.
struct ask {
  std::string worker;
  duration patience{0};
  std::optional<duration> lease;                             ///< none: the trial is held for ever
  std::optional<std::vector<named_value>> assignments = {};  ///< of the asker's own choice
  std::string task = {};                                     ///< by name, read with `assignments`
  vilfredo::metadata metadata = {};
};
/// Ends the wait of the ask that was sent with this request id; it is answered with errc::later.
struct withdraw {
  std::string request_id;
};
/// Values at a step of a running trial; the answer says whether to go on.
struct report {
  trial_id trial;
  std::uint32_t attempt = 1;
  double step = 0;
  std::vector<measurement> values;
};
/// Still working: extends the lease by `lease` from now.
struct heartbeat {
  trial_id trial;
  std::uint32_t attempt = 1;
  duration lease{0};
};
struct complete {
  trial_id trial;
  std::uint32_t attempt = 1;
  std::vector<measurement> values;
};
/// The configuration is bad: the trial ends as failed.
struct fail {
  trial_id trial;
  std::uint32_t attempt = 1;
  std::string reason;
};
/// The attempt ended without a result; it is tried again while attempts remain.
struct give_back {
  trial_id trial;
  std::uint32_t attempt = 1;
  return_cause cause = return_cause::machine;
  std::string reason;
  std::optional<bool> checkpoint = {};  ///< of a paused trial: whether it left something to go on from, when known
};
/// All that `worker` holds is given back.
struct release_worker {
  std::string worker;
  std::string reason;
};
struct cancel {
  trial_id trial;
  std::string reason;
};
/// Try these assignments next; numbers may lie outside their bounds.
struct enqueue {
  std::vector<named_value> assignments;
  std::string task = {};  ///< by name; empty: a full trial
  vilfredo::metadata metadata = {};
};
/// An observation of a trial, whichever attempt it is in, or of assignments of one's own, whose numbers may lie outside
/// their bounds. It ends a trial that was handed out and has not ended.
struct observe {
  std::optional<trial_id> trial;
  std::vector<named_value> assignments;  ///< read when `trial` is not given
  std::vector<measurement> values;
  std::string failure;    ///< not empty: failed
  std::string task = {};  ///< by name, read when `trial` is not given; empty: a full trial
  vilfredo::metadata metadata = {};
};
/// All of these or none.
struct observe_many {
  std::vector<observe> items;
};
struct edit_observation {
  observation_id observation;
  std::vector<measurement> values;
  std::string failure;
  std::optional<vilfredo::metadata> metadata = {};  ///< none: unchanged
};
struct delete_observation {
  observation_id observation;
};
/// Forgets a trial that is not running, with its observations.
struct delete_trial {
  trial_id trial;
};
/// What a user keeps with a trial; absent means unchanged.
struct annotate {
  trial_id trial;
  std::optional<vilfredo::metadata> metadata;
  std::optional<bool> hidden;
};
/// What may change while an experiment runs; absent means unchanged.
struct edit_experiment {
  std::optional<std::string> name;
  std::optional<std::optional<std::uint64_t>> observation_budget;
  std::optional<std::uint32_t> parallel_bandwidth;
  std::map<std::string, std::optional<double>> thresholds;
  std::optional<stop_rules> stop_when;
  std::optional<metadata_map> metadata;
  label_changes labels = {};
};
struct pause {};
/// Ends a pause, a stop rule's stop, or an archive.
struct resume {};
struct archive {};

using command = std::variant<ask, withdraw, report, heartbeat, complete, fail, give_back, release_worker, cancel,
                             enqueue, observe, edit_observation, delete_observation, delete_trial, edit_experiment,
                             pause, resume, archive, annotate, observe_many>;

/// A command to one experiment. With a `request_id`, sending it again gives the same answer and changes nothing more.
struct request {
  std::string request_id;
  command what;
};

struct issued {
  trial_id trial;
  std::uint32_t attempt = 1;
  assignments point;
  origin from = origin::user;
  std::uint64_t seed = 0;  ///< for the trial's own randomness, the same for every attempt
  time_point lease_until{};
  std::optional<task_index> task = {};  ///< when it is cheaper than a full trial
};
/// Answers report and heartbeat.
struct advice {
  bool stop = false;
  std::string reason;
  bool over = false;   ///< the trial has ended or is another attempt's by now: what this attempt has is not wanted
  bool pause = false;  ///< stop, but keep what is needed to go on; then give it back: it may be resumed later
};
/// Answers complete, fail and observe.
struct recorded {
  trial_id trial;
  observation_id observation;
  bool late = false;    ///< its lease had expired
  bool counted = true;  ///< false: another attempt had already ended the trial; kept, but changes nothing
};
/// Answers observe_many, in its order.
struct recorded_many {
  std::vector<recorded> items;
};
/// Answers give_back: whether the trial will be tried again (else it ended as failed).
struct given_back {
  trial_id trial;
  bool again = false;
};
struct enqueued {
  trial_id trial;
};
/// Answers everything else.
struct done {};

using answer = std::variant<issued, advice, recorded, given_back, enqueued, done, recorded_many>;
using outcome = result<answer>;

}  // namespace vilfredo
