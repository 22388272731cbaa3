#include "actors/compute_worker.hpp"

#include <algorithm>
#include <utility>

namespace vilfredo::actors {

namespace {

using self_pointer = compute_worker_actor::stateful_pointer<compute_worker_state>;

std::string fresh_id(compute_worker_state& state) {
  return state.options->name + "/" + state.options->nonce + "/" + std::to_string(state.life) + "/" +
         std::to_string(state.next_request++);
}

void fill(self_pointer self);

void say_if_ended(self_pointer self) {
  auto& state = self->state;
  if (state.told || state.asking || !state.runs.empty() || !state.errands.empty()) return;
  state.told = true;
  if (state.options->ended) state.options->ended(state.refusal);
}

// --- errands ---------------------------------------------------------------------------------------------------------

auto is_out(self_pointer self) {
  return [self](const errand_answer& x) {
    auto found = self->state.errands.find(x.errand);
    return found != self->state.errands.end() && found->second.out && found->second.tries == x.attempt;
  };
}

void try_again_later(self_pointer self, errand_answer which, const std::string& why) {
  if (!is_out(self)(which)) return;
  auto& state = self->state;
  auto& errand = state.errands.at(which.errand);
  // Told once: every errand meets the same trouble, again and again until it is over.
  if (!std::exchange(state.in_trouble, true)) state.options->tell(why + "; trying again");
  errand.out = false;
  errand.retry = std::clamp(errand.retry * 2, state.options->first_retry, state.options->longest_retry);
  self->delayed_send(self, errand.retry, resend_due{which.errand});
}

/// However late it comes: an errand is the same in all its tries.
void take_answer(self_pointer self, errand_answer which, const outcome& o) {
  if (!o && (o.error().code == errc::unavailable || o.error().code == errc::overloaded))
    return try_again_later(self, which, o.error().message);
  auto& state = self->state;
  if (std::exchange(state.in_trouble, false)) state.options->tell("the trouble is over; going on");
  auto answered = state.errands.extract(which.errand);
  if (!answered) return;
  answered.mapped().done(o);
  say_if_ended(self);
}

void try_errand(self_pointer self, std::uint64_t number) {
  auto& state = self->state;
  auto found = state.errands.find(number);
  if (found == state.errands.end()) return;
  auto& errand = found->second;
  errand.out = true;
  errand_answer expected{number, ++errand.tries};
  auto now = time_source{}.now(self);
  state.agenda.add(self, now, now + state.options->answer_timeout, expected, is_out(self));
  self->request(state.gateway, caf::infinite, command_to{state.options->experiment, errand.what})
      .then([self, expected](const outcome& o) { take_answer(self, expected, o); },
            [self, expected](const caf::error& e) { try_again_later(self, expected, self->system().render(e)); });
}

void give_up_silent_gateway(self_pointer self) {
  auto now = time_source{}.now(self);
  while (auto silent = self->state.agenda.next_due(self, now, is_out(self)))
    try_again_later(self, *silent, "the gateway does not answer");
}

void send_errand(self_pointer self, command what, std::function<void(const outcome&)> done,
                 std::string request_id = {}) {
  auto& state = self->state;
  auto number = state.next_errand++;
  if (request_id.empty()) request_id = fresh_id(state);
  state.errands.emplace(number, errand{{std::move(request_id), std::move(what)}, std::move(done)});
  try_errand(self, number);
}

// --- starts that the machine refuses ---------------------------------------------------------------------------------

/// Nothing is started before the next try.
void put_off(self_pointer self) {
  auto& trouble = *self->state.no_start;
  trouble.next_try = time_source{}.now(self) + trouble.pause;
  self->delayed_send(self, trouble.pause, resend_due{0});
}

void await_refusal(self_pointer self, launcher::run_key started) {
  self->state.no_start->trying = started;
  put_off(self);
}

void started_again(self_pointer self) {
  self->state.no_start.reset();
  self->state.options->tell("programs can be started again; going on");
}

/// Whether a program may be started now, of those that there is room for.
bool machine_starts(self_pointer self) {
  auto& trouble = self->state.no_start;
  if (!trouble) return true;
  if (time_source{}.now(self) < trouble->next_try) return false;
  if (trouble->trying) started_again(self);
  return !trouble || self->state.asks.empty();
}

void stop_asking(self_pointer self);

void start_refused(self_pointer self, launcher::run_key key, const std::string& why) {
  auto& state = self->state;
  const auto& options = *state.options;
  auto now = time_source{}.now(self);
  if (!state.no_start) {
    state.no_start.emplace().since = now;
    options.tell("this machine refuses to start a trial: " + why + "; trying again");
  }
  auto& trouble = *state.no_start;
  // Of many that were started together, the first counts.
  if (std::exchange(trouble.trying, 0) == key || now >= trouble.next_try) {
    trouble.pause = std::clamp(trouble.pause * 2, options.first_retry, options.longest_retry);
    put_off(self);
  }
  // What runs here frees something when it ends.
  bool idle = std::ranges::all_of(state.runs, [](const auto& run) { return run.second.exited; });
  if (!state.asking || !idle || now - trouble.since < options.start_patience) return;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - trouble.since).count();
  state.refusal = error{errc::unavailable, "this machine has started no trial for " + std::to_string(seconds) +
                                               " seconds: " + why + ". Put it right and start again"};
  stop_asking(self);
}

// --- trials ----------------------------------------------------------------------------------------------------------

std::string called(const issued& what) {
  return "trial " + std::to_string(what.trial.number) +
         (what.attempt > 1 ? " (attempt " + std::to_string(what.attempt) + ")" : "");
}

void begin(self_pointer self, const issued& what) {
  auto& state = self->state;
  const auto& options = *state.options;
  launcher::run_key key = (state.life << 32) + state.next_run++;
  auto& run = state.runs[key];
  run.what = what;
  for (auto n = options.definition->run->resources.gpus; n > 0 && !state.free_gpus.empty(); --n) {
    run.gpus.push_back(*state.free_gpus.begin());
    state.free_gpus.erase(state.free_gpus.begin());
  }
  // An earlier attempt may still be running: on this machine, started by a process that died.
  if (what.attempt > 1) options.launcher->end_leftovers(options.experiment, what.trial);
  trial_run program{options.experiment,
                    options.definition->name,
                    what.trial,
                    what.attempt,
                    what.seed,
                    options.space->name(what.point),
                    *options.definition->run,
                    run.gpus};
  if (const auto* task = task_of(*options.definition, what.task)) program.task = *task;
  caf::actor_addr self_address = caf::actor_cast<caf::actor_addr>(self);
  auto door = caf::actor_cast<caf::weak_actor_ptr>(self_address);
  if (state.no_start) await_refusal(self, key);
  options.launcher->start(key, std::move(program), [door, key](run_message said) {
    // Weak: a launcher that outlives us must not keep us alive.
    if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(door))
      caf::anon_send(caf::actor_cast<compute_worker_actor>(alive), run_said{key, std::move(said)});
  });
}

void heed(self_pointer self, launcher::run_key key, const outcome& o) {
  auto run = self->state.runs.find(key);
  if (run == self->state.runs.end() || run->second.exited || !o) return;
  auto* told = std::get_if<advice>(&*o);
  if (!told || !told->stop) return;
  self->state.options->launcher->stop(key);
}

void finish(self_pointer self, launcher::run_key key, const run_exit& how) {
  auto& state = self->state;
  auto& run = state.runs.at(key);
  run.exited = true;
  ++state.unrecorded;
  state.free_gpus.insert(run.gpus.begin(), run.gpus.end());
  auto what = run.what;
  if (machine_refused(how))
    start_refused(self, key, how.start_failure);
  else if (state.no_start && state.no_start->trying == key)
    started_again(self);
  auto meaning = conclude(how, run.output, state.options->definition->metrics);
  command end = std::visit(
      [&](auto& m) -> command {
        using M = std::decay_t<decltype(m)>;
        if constexpr (std::is_same_v<M, run_completed>)
          return complete{what.trial, what.attempt, std::move(m.values)};
        else if constexpr (std::is_same_v<M, run_failed>)
          return fail{what.trial, what.attempt, std::move(m.reason)};
        else
          return give_back{what.trial, what.attempt, m.cause, std::move(m.reason), how.checkpoint};
      },
      meaning);
  send_errand(self, std::move(end), [self, key, what](const outcome& o) {
    auto& s = self->state;
    s.runs.erase(key);
    --s.unrecorded;
    if (!o) s.options->tell(called(what) + " could not be recorded: " + o.error().message);
    fill(self);
  });
  // The next ask follows at once, behind the end: the experiment knows the result when it chooses, and one sync of the
  // store serves both.
  fill(self);
}

// --- asking ----------------------------------------------------------------------------------------------------------

void on_answer(self_pointer self, const std::string& id, const outcome& o) {
  auto& state = self->state;
  state.asks.erase(id);
  if (o) {
    const auto& got = std::get<issued>(*o);
    if (state.asking) {
      begin(self, got);
    } else {
      send_errand(self, give_back{got.trial, got.attempt, return_cause::interrupted, "not started"},
                  [](const outcome&) {});
    }
  } else if (o.error().code != errc::later && o.error().code != errc::paused) {
    // Exhausted, or a refusal that will not go away.
    state.asking = false;
    if (!state.refusal) state.refusal = o.error();
  } else if (o.error().code == errc::paused && state.asking) {
    self->delayed_send(self, state.options->longest_retry, resend_due{0});
    return;
  }
  fill(self);
}

void fill(self_pointer self) {
  auto& state = self->state;
  auto gpus = state.options->definition->run->resources.gpus;
  auto room = [&] {
    auto taken = state.runs.size() - state.unrecorded + state.asks.size();
    // While ends cannot be stored, not more of them are made than there are slots.
    return taken < state.options->slots && state.unrecorded <= state.options->slots &&
           (gpus == 0 || state.free_gpus.size() >= gpus * (state.asks.size() + 1));
  };
  while (state.asking && room() && machine_starts(self)) {
    auto id = fresh_id(state);
    state.asks.insert(id);
    send_errand(
        self, ask{state.options->name, state.options->patience, state.options->lease},
        [self, id](const outcome& o) { on_answer(self, id, o); }, id);
  }
  say_if_ended(self);
}

void stop_asking(self_pointer self) {
  auto& state = self->state;
  if (!state.asking) return;
  state.asking = false;
  for (const auto& id : state.asks) send_errand(self, withdraw{id}, [](const outcome&) {});
  say_if_ended(self);
}

}  // namespace

compute_worker_state::~compute_worker_state() {
  if (options)
    for (auto& [key, run] : runs)
      if (!run.exited) options->launcher->stop(key);
}

compute_worker_actor::behavior_type run_compute_worker(self_pointer self,
                                                       std::shared_ptr<const compute_worker_options> options,
                                                       carrier_actor gateway, std::uint64_t life) {
  auto& state = self->state;
  state.options = std::move(options);
  state.gateway = std::move(gateway);
  state.life = life;
  state.free_gpus.insert(state.options->gpus.begin(), state.options->gpus.end());
  state.asking = true;
  self->delayed_send(self, state.options->lease / 3, beat_due{});
  // What an earlier life of this worker held is lost; it is handed out again before anything new.
  send_errand(self, release_worker{state.options->name, "its compute worker was restarted"},
              [self](const outcome&) { fill(self); });
  return {
      [self](const run_said& said) {
        auto& s = self->state;
        auto run = s.runs.find(said.run);
        if (run == s.runs.end() || run->second.exited) return;
        run->second.output.take(said.what);
        if (auto* r = std::get_if<run_report>(&said.what); r && r->step) {
          auto key = said.run;
          send_errand(self, report{run->second.what.trial, run->second.what.attempt, *r->step, r->values},
                      [self, key](const outcome& o) { heed(self, key, o); });
        } else if (auto* how = std::get_if<run_exit>(&said.what)) {
          finish(self, said.run, *how);
        }
      },
      [self](beat_due) {
        auto& s = self->state;
        self->delayed_send(self, s.options->lease / 3, beat_due{});
        for (auto& [key, run] : s.runs)
          if (!run.exited)
            self->request(s.gateway, s.options->answer_timeout,
                          command_to{s.options->experiment,
                                     {{}, heartbeat{run.what.trial, run.what.attempt, s.options->lease}}})
                .then([self, key = key](const outcome& o) { heed(self, key, o); }, [](const caf::error&) {});
      },
      [self](resend_due r) {
        if (r.errand)
          try_errand(self, r.errand);
        else
          fill(self);
      },
      [self](agenda_due) { give_up_silent_gateway(self); },
      [self](const meet& m) { self->state.gateway = m.gateway; },
      [self](drain) { stop_asking(self); },
      [self](halt) {
        stop_asking(self);
        for (auto& [key, run] : self->state.runs)
          if (!run.exited) self->state.options->launcher->stop(key);
      },
  };
}

}  // namespace vilfredo::actors
