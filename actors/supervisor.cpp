#include "actors/supervisor.hpp"

#include <algorithm>

#include "actors/feed.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

household present(const supervisor_state& state) { return {state.journal, state.registry, state.gateway, state.feed}; }

void stop_house(self_pointer self, const caf::error& reason) {
  auto& state = self->state;
  auto dismiss = [&](auto& member) {
    if (member) {
      state.leaving.insert(member.address());
      self->send_exit(member, reason);
    }
    member = std::decay_t<decltype(member)>{};
  };
  // From the door inwards: what is outside stops before what it leans on.
  dismiss(state.gateway);
  dismiss(state.registry);
  dismiss(state.pool);
  dismiss(state.feed);
  dismiss(state.journal);
  state.up = false;
  state.options.moved(present(state));
}

void start_house(self_pointer self) {
  auto& state = self->state;
  const auto& options = state.options;
  state.journal = options.detached_journal
                      ? self->spawn<caf::detached + caf::monitored>(run_journal, options.store(), options.journal)
                      : self->spawn<caf::monitored>(run_journal, options.store(), options.journal);
  state.pool = self->spawn<caf::monitored>(run_optimizer_pool, options.optimizers);
  state.feed = self->spawn<caf::monitored>(run_feed);
  // Sent by nobody: the subscription's number would come back as a message.
  if (options.listener) caf::anon_send(state.feed, subscribe{options.listener});
  state.registry = self->spawn<caf::monitored>(
      run_registry, experiment_neighbours{state.journal, state.pool, state.feed}, options.registry);
  state.gateway = self->spawn<caf::monitored>(run_gateway, state.registry, options.gateway);
  state.up = true;
  state.options.moved(present(state));
  for (auto& [number, worker] : state.workers) self->send(worker, meet{state.gateway});
}

void start_worker(self_pointer self, std::uint64_t number) {
  auto& state = self->state;
  state.workers[number] =
      self->spawn<caf::monitored>(run_compute_worker, state.jobs.at(number), state.gateway, state.next_life++);
  if (state.draining) self->send(state.workers[number], drain{});
}

/// A store is used by one thread at a time, and listeners are told in order: so the house before must have ended.
void start_missing(self_pointer self) {
  auto& state = self->state;
  if (!state.leaving.empty()) return;
  if (!state.up) start_house(self);
  for (auto& [number, job] : state.jobs)
    if (!state.workers.contains(number)) start_worker(self, number);
}

/// Waits a while, then starts what is missing.
void plan_restart(self_pointer self, const std::string& who, const caf::error& why) {
  auto& state = self->state;
  auto now = self->clock().now();
  if (now - state.last_restart > state.options.calm) state.restarts = 0;
  state.last_restart = now;
  state.due = false;
  ++state.restarts_ever;
  auto reason = self->system().render(why);
  if (++state.restarts > state.options.most_restarts) {
    state.options.give_up(who + " keeps dying: " + reason);
    return;
  }
  auto pause = state.options.first_pause * (1 << std::min<std::size_t>(state.restarts - 1, 16));
  state.options.tell(who + " died (" + reason + "); starting it again");
  self->delayed_send(self, std::min<duration>(pause, state.options.longest_pause), restart_due{++state.life});
}

/// Asks everybody, and answers when each has answered or been silent for long.
struct survey {
  house_measures all;
  std::size_t missing = 4;
  caf::typed_response_promise<house_measures> promise;
};

void count_answer(self_pointer self, survey& of) {
  if (--of.missing > 0) return;
  self->state.measured = of.all;
  of.promise.deliver(std::move(of.all));
}

template <class Part, class Handle>
void ask(self_pointer self, const std::shared_ptr<survey>& of, std::string_view name, const Handle& whom,
         Part house_measures::*into) {
  constexpr duration patience{2'000};
  auto silent = [self, of, name](const caf::error&) {
    of->all.silent.insert(name);
    count_answer(self, *of);
  };
  if (!whom) return silent({});
  self->request(whom, patience, measure{})
      .then(
          [self, of, into](Part& got) {
            of->all.*into = std::move(got);
            count_answer(self, *of);
          },
          silent);
}

}  // namespace

supervisor_actor::behavior_type run_supervisor(self_pointer self, supervisor_options options) {
  self->state.options = std::move(options);
  self->set_down_handler([self](caf::down_msg& down) {
    auto& state = self->state;
    auto worker = std::ranges::find_if(state.workers, [&](const auto& w) { return w.second == down.source; });
    if (worker != state.workers.end()) {
      auto name = "compute worker " + state.jobs.at(worker->first)->name;
      state.workers.erase(worker);
      return plan_restart(self, name, down.reason);
    }
    if (state.leaving.erase(down.source) > 0) {
      if (state.due) start_missing(self);
      return;
    }
    auto is = [&](const auto& handle) { return handle && handle == down.source; };
    const char* who = is(state.journal)    ? "the journal"
                      : is(state.pool)     ? "the optimizer pool"
                      : is(state.feed)     ? "the feed"
                      : is(state.registry) ? "the registry"
                      : is(state.gateway)  ? "the gateway"
                                           : nullptr;
    if (!who) return;  // one that we stopped ourselves
    stop_house(self, caf::exit_reason::user_shutdown);
    state.leaving.erase(down.source);
    plan_restart(self, who, down.reason);
  });
  self->set_exit_handler([self](caf::exit_msg& e) {
    for (auto& [number, worker] : self->state.workers) self->send_exit(worker, e.reason);
    self->state.workers.clear();
    stop_house(self, e.reason);
    self->quit(e.reason);
  });
  start_house(self);
  return {
      [self](find_household) { return present(self->state); },
      [self](measure) -> caf::result<house_measures> {
        auto& s = self->state;
        auto of = std::make_shared<survey>();
        of->all = s.measured;
        of->all.silent.clear();
        of->all.restarts = s.restarts_ever;
        auto promise = of->promise = self->make_response_promise<house_measures>();
        ask(self, of, "feed", s.feed, &house_measures::feed);
        ask(self, of, "journal", s.journal, &house_measures::journal);
        ask(self, of, "pool", s.pool, &house_measures::pool);
        ask(self, of, "gateway", s.gateway, &house_measures::gateway);
        return promise;
      },
      [self](const employ& e) {
        auto& s = self->state;
        auto number = s.next_worker++;
        s.jobs.emplace(number, e.what);
        if (s.up) start_worker(self, number);
      },
      [self](drain_workers) {
        self->state.draining = true;
        for (auto& [number, worker] : self->state.workers) self->send(worker, drain{});
      },
      [self](halt_workers) {
        self->state.draining = true;
        for (auto& [number, worker] : self->state.workers) self->send(worker, halt{});
      },
      [self](restart_due due) {
        auto& s = self->state;
        if (due.life != s.life) return;  // another died meanwhile; its own restart follows
        s.due = true;
        start_missing(self);
      },
  };
}

}  // namespace vilfredo::actors
