#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/commands.hpp"
#include "core/events.hpp"
#include "core/ledger.hpp"
#include "core/time.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/fidelity/course_shelf.hpp"
#include "optimizer/sampler.hpp"
#include "optimizer/stopping/board.hpp"

namespace vilfredo {

/// Names one call to `engine::handle`, chosen by the driver, never used twice.
using ticket = std::uint64_t;

/// What a driver should say to the engine at a moment. Timers need no cancelling: each carries what makes it stale.
struct lease_due {
  trial_id trial;
  std::uint64_t lease = 0;
};
struct patience_due {
  ticket asker = 0;
};
struct retry_due {};
struct deadline_due {};
using timer = std::variant<lease_due, patience_due, retry_due, deadline_due>;

struct alarm {
  time_point at{};
  timer what;
};
struct reply {
  ticket to = 0;
  outcome what;
};

/// What follows from one call: all of it is already part of the engine's own state.
struct step {
  std::vector<fact> facts;     ///< to be made durable, in order
  std::vector<reply> replies;  ///< to be sent once the facts are durable
  std::vector<alarm> alarms;   ///< to be set
  /// To be computed; answered with `planned` (at most one is out). Whoever has it computed may set what cancels it.
  std::shared_ptr<plan_job> job;
};

/// One experiment with everything but waiting: no clock, no thread, no store. Each call takes the time and gives back a
/// step. The experiment actor, the embedded study and the simulator are drivers of it.
class engine {
public:
  struct created;
  /// A new experiment: facts for itself and its initial assignments.
  static result<created> create(const definition& x, time_point now, const std::string& request_id = {});
  /// An experiment as its facts left it. Call `wake` before anything else. Fails when its sampler is not known here.
  static result<engine> load(ledger book);

  /// Sets alarms for what was open, at the earliest `grace` from now, so that workers that live on can say so.
  step wake(time_point now, duration grace);
  /// Carries out a command. Asks may be answered in a later step.
  step handle(const request& what, ticket from, time_point now);
  /// The result of the job that is out. A failed one is noted, and asking goes on without it.
  step planned(result<plan> made, time_point now);
  step due(const timer& what, time_point now);
  /// Is this alarm still of any use? One that is not may be forgotten: `due` would do nothing.
  bool stands(const timer& what) const;

  const ledger& book() const { return book_; }
  std::size_t waiting() const { return waiting_.size(); }
  bool job_out() const { return job_ != nullptr; }

  static constexpr std::size_t most_waiting = 10'000;

private:
  struct waiter {
    ticket who = 0;
    std::string request_id;
    ask what;
  };
  enum class haste { may_wait, now };

  engine(ledger book, const sampler_entry& sampler, stopping::board board);

  void record(step& out, events::event what, time_point now, const std::string& request_id = {});
  /// Who waits by this id, whatever its fingerprint; null: nobody.
  waiter* waits_by(const std::string& request_id);
  void handle_ask(step& out, const ask& what, const std::string& request_id, ticket from, time_point now);
  /// The issue of a trial to `what`, a refusal, or nothing: wait.
  std::optional<result<events::trial_issued>> choose(const ask& what, haste h, time_point now);
  std::optional<events::trial_issued> new_trial(haste h);
  /// The asker's own configuration.
  result<events::trial_issued> own_trial(const ask& what) const;
  events::trial_issued sequence_point(origin from);
  /// Ends a trial whose last report the stopping rules judge to be enough; the reply says so.
  void judge(step& out, const events::progress_reported& last, answer& reply, time_point now);
  /// The paused trial that should go on now, if any.
  std::optional<trial_id> promoted();
  /// Nothing runs and nothing new can be started: whoever is paused is all there is.
  bool closing() const;
  /// Ends paused trials as stopped once nothing can lead to their promotion any more.
  void end_paused(step& out, time_point now);
  /// Waiting for the sampler makes sense: a job is out, or will be soon.
  bool plan_coming() const;
  void grant(step& out, const waiter& to, events::trial_issued event, time_point now);
  void serve(step& out, time_point now);
  void plan_if_due(step& out);
  /// What follows every change: stop rules, waiting askers, the next plan.
  void settle(step& out, time_point now);
  std::size_t design_size() const;

  ledger book_;
  const sampler_entry* sampler_ = nullptr;
  stopping::board board_;
  course_shelf shelf_;
  bool strays_ = false;  // somebody tries or has tried what lies outside bounds
  std::deque<waiter> waiting_;
  std::shared_ptr<const plan_job> job_;
};

struct engine::created {
  engine what;
  vilfredo::step step;
};

}  // namespace vilfredo
