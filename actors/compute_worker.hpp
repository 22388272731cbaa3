#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/agenda.hpp"
#include "actors/protocol.hpp"
#include "core/ports.hpp"
#include "core/trial_end.hpp"

namespace vilfredo::actors {

/// Who carries commands: the gateway, or a door to experiments that are kept elsewhere.
using carrier_actor = caf::typed_actor<answers<outcome, command_to>>;

struct compute_worker_options {
  std::string name;   ///< unique among the workers of an experiment
  std::string nonce;  ///< unique to this process: with it, request ids are used once and never again
  experiment_id experiment;
  std::shared_ptr<const vilfredo::definition> definition;  ///< with a `run`
  std::shared_ptr<const vilfredo::space> space;
  std::shared_ptr<vilfredo::launcher> launcher;
  std::size_t slots = 1;            ///< trials at a time
  std::vector<std::uint32_t> gpus;  ///< that trials may be given
  duration lease{60'000};
  duration patience{30'000};
  duration answer_timeout{120'000};  ///< a gateway that is silent for longer has failed
  duration first_retry{100};         ///< before an errand is sent again; doubles …
  duration longest_retry{5'000};     ///< … up to this; so does the time between starts that the machine refuses
  duration start_patience{120'000};  ///< with a machine that starts nothing and runs nothing, either
  /// Called once, when no trial runs here any more and none will; with the refusal that ended it, or nothing after a
  /// drain or halt.
  std::function<void(std::optional<error>)> ended;
  /// Each line of news for people: what happened to which trial.
  std::function<void(const std::string&)> tell = [](const std::string&) {};
};

/// One attempt on this machine.
struct compute_run {
  issued what;
  run_output output;
  std::vector<std::uint32_t> gpus;
  bool exited = false;
};

/// A command that must arrive: sent again, with the same request id, until it is answered.
struct errand {
  request what;
  std::function<void(const outcome&)> done;
  duration retry{0};
  std::uint64_t tries = 0;
  bool out = false;  ///< sent and neither answered nor given up
};

/// What is due when nobody answered this try of an errand.
struct errand_answer {
  std::uint64_t errand = 0, attempt = 0;
};

/// A machine that starts no program at present. One start at a time finds out when it does.
struct start_trouble {
  time_point since{}, next_try{};
  duration pause{0};
  launcher::run_key trying = 0;  ///< started last; not refused by the next try, it tells that the trouble is over
};

struct compute_worker_state {
  static inline const char* name = "compute_worker";
  compute_worker_state() = default;
  std::shared_ptr<const compute_worker_options> options;
  carrier_actor gateway;
  std::map<launcher::run_key, compute_run> runs;
  std::map<std::uint64_t, errand> errands;
  actors::agenda<errand_answer> agenda;  ///< by when the gateway must have answered
  std::set<std::string> asks;            ///< request ids of asks that are out
  std::set<std::uint32_t> free_gpus;
  std::uint64_t life = 0;      ///< unique among the workers of this process, restarted ones included
  std::size_t unrecorded = 0;  ///< runs that have exited and whose end is not stored yet
  std::uint64_t next_errand = 1, next_request = 1, next_run = 1;
  bool asking = false;  ///< false: not yet, or no longer
  bool told = false;
  bool in_trouble = false;  ///< commands are not carried out at present
  std::optional<start_trouble> no_start;
  std::optional<error> refusal;

  ~compute_worker_state();
};

/// Fills its slots: asks, runs the program, passes its reports on, obeys stops, says how it ended. Its queue is its
/// slots: it asks only for what it can start at once. What the machine refuses to start is given back and costs its
/// trial nothing; the next start waits a while.
compute_worker_actor::behavior_type
run_compute_worker(compute_worker_actor::stateful_pointer<compute_worker_state> self,
                   std::shared_ptr<const compute_worker_options> options, carrier_actor gateway, std::uint64_t life);

}  // namespace vilfredo::actors
