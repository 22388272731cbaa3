#include "actors/experiment.hpp"

#include <algorithm>

#include "actors/thrown.hpp"
#include "core/planted.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = experiment_actor::stateful_pointer<experiment_state>;

auto still_stands(self_pointer self) {
  return [self](const std::variant<timer, answer_to_append>& x) {
    const auto& state = self->state;
    if (auto* alarm = std::get_if<timer>(&x)) return state.engine && state.engine->stands(*alarm);
    return std::get<answer_to_append>(x).number > state.appended - state.unsettled.size();
  };
}

void answer_caller(experiment_state& state, ticket to, outcome what) {
  auto caller = state.callers.find(to);
  if (caller == state.callers.end()) return;
  auto waiting = std::move(caller->second);
  state.callers.erase(caller);
  waiting.settle(std::move(what));
}

/// The store refused: what we hold may be ahead of it, so all of it is dropped and loaded again. Everybody who waits is
/// told to ask again; nothing that was acknowledged is affected.
void fail(self_pointer self, error why) {
  auto& state = self->state;
  state.engine.reset();
  state.stored.reset();
  state.fault = {errc::unavailable,
                 "experiment " + std::to_string(state.id.number) + " cannot reach its store: " + why.message};
  ++state.life;
  state.unsettled.clear();
  state.gathering.clear();
  state.agenda.clear();
  auto callers = std::exchange(state.callers, {});
  for (auto& [to, caller] : callers) caller.settle(outcome{state.fault});
  self->send(state.near.pool, abandon{state.id});
  self->send(state.near.feed, faulted{state.id});
  state.next_retry = state.next_retry == duration{0} ? state.options.first_retry
                                                     : std::min(state.next_retry * 2, state.options.longest_retry);
  self->delayed_send(self, state.next_retry, reload_due{});
}

void settle_append(self_pointer self, const facts& what, const standing& after) {
  auto& state = self->state;
  state.next_retry = duration{0};
  auto replies = std::move(state.unsettled.front());
  state.unsettled.pop_front();
  for (auto& r : replies) answer_caller(state, r.to, std::move(r.what));
  self->send(state.near.feed, published{state.id, what, after});
}

/// What was asked to be seen is seen now, with nothing carried out since; it leaves with the reply.
void show(experiment_state& state, const std::vector<reply>& replies) {
  for (const auto& r : replies) {
    auto caller = state.callers.find(r.to);
    if (caller == state.callers.end() || !caller->second.enacting || !r.what) continue;
    caller->second.enacting->show(state.engine->book(), *r.what);
  }
}

void perform(self_pointer self, step what) {
  auto& state = self->state;
  show(state, what.replies);
  auto now = state.options.time.now(self);
  for (auto& a : what.alarms) state.agenda.add(self, now, a.at, a.what, still_stands(self));
  if (what.job) {
    auto cancel = std::make_shared<std::atomic<bool>>(false);
    what.job->cancelled = cancel;
    self->send(state.near.pool, optimize{state.id, self, ++state.job, std::move(what.job), std::move(cancel)});
  }
  if (VILFREDO_BUG(reply_before_durable))
    for (auto& r : std::exchange(what.replies, {})) answer_caller(state, r.to, std::move(r.what));
  if (!what.facts.empty()) {
    if (state.gathering.empty()) {
      state.unsettled.emplace_back();
      auto number = ++state.appended;
      state.agenda.add(self, now, now + state.options.append_timeout, answer_to_append{number}, still_stands(self));
      self->send(self, append_due{});
    }
    std::ranges::move(what.facts, std::back_inserter(state.gathering));
    std::ranges::move(what.replies, std::back_inserter(state.unsettled.back()));
  } else if (!state.unsettled.empty()) {
    // It speaks of a state that is not durable yet: it leaves with what it speaks of.
    auto& last = state.unsettled.back();
    std::ranges::move(what.replies, std::back_inserter(last));
  } else {
    for (auto& r : what.replies) answer_caller(state, r.to, std::move(r.what));
  }
}

void append_gathered(self_pointer self) {
  auto& state = self->state;
  if (state.gathering.empty()) return;  // the store failed meanwhile
  auto kept = std::make_shared<const std::vector<fact>>(std::exchange(state.gathering, {}));
  auto life = state.life;
  auto after = standing_of(state.engine->book());
  self->request(state.near.journal, caf::infinite, append{state.id, kept})
      .then(
          [self, kept, life, after](const result<durable>& how) {
            if (self->state.life != life) return;
            if (how)
              settle_append(self, kept, after);
            else
              fail(self, how.error());
          },
          [self, life](const caf::error& e) {
            if (self->state.life == life) fail(self, {errc::unavailable, self->system().render(e)});
          });
}

void look_after_agenda(self_pointer self) {
  auto& state = self->state;
  auto now = state.options.time.now(self);
  while (auto next = state.agenda.next_due(self, now, still_stands(self))) {
    if (auto* alarm = std::get_if<timer>(&*next))
      perform(self, state.engine->due(*alarm, now));
    else
      fail(self, {errc::unavailable, "it does not answer"});
  }
}

ticket take_caller(experiment_state& state, experiment_caller who) {
  state.callers.emplace(state.next_ticket, std::move(who));
  return state.next_ticket++;
}

void carry_out(self_pointer self, std::shared_ptr<enactment> what) {
  auto& state = self->state;
  if (!state.engine) return what->settle(state.fault);
  auto wanted = what->decide(state.engine->book());
  auto ticket = take_caller(state, {{}, std::move(what)});
  step next;
  if (wanted)
    next = state.engine->handle(*wanted, ticket, state.options.time.now(self));
  else
    next.replies.push_back({ticket, wanted.error()});
  perform(self, std::move(next));
}

void reload(self_pointer self) {
  auto& state = self->state;
  if (state.engine) return;
  auto again = [self](error why) {
    auto& s = self->state;
    s.fault.message = "experiment " + std::to_string(s.id.number) + " cannot be loaded: " + why.message;
    s.next_retry = std::clamp(s.next_retry * 2, s.options.first_retry, s.options.longest_retry);
    self->delayed_send(self, s.next_retry, reload_due{});
  };
  self->request(state.near.journal, state.options.append_timeout, load{state.id})
      .then(
          [self, again](result<loaded>& got) {
            auto& s = self->state;
            if (s.engine) return;
            if (!got) return again(got.error());
            auto engine = vilfredo::engine::load(*got->book);
            if (!engine) return again(engine.error());
            s.engine = *std::move(engine);
            s.stored.reset();
            perform(self, s.engine->wake(s.options.time.now(self), s.options.grace));
          },
          [self, again](const caf::error& e) {
            again({errc::unavailable, self->system().render(e)});
          });
}

result<inspected> shown(const inspect& what, const ledger& book) {
  try {
    what.look(book);
    return inspected{};
  } catch (...) {
    return thrown_by("who looked at the experiment");
  }
}

/// A store that takes nothing can mostly be read, and what is in it is all that was ever acknowledged. It is read once
/// for all who look until there is an engine again.
caf::result<result<inspected>> look_at_stored(self_pointer self, const inspect& what) {
  auto& state = self->state;
  if (state.stored) return shown(what, *state.stored);
  auto promise = self->make_response_promise<result<inspected>>();
  state.lookers.push_back([promise, what](const result<loaded>& got) mutable {
    promise.deliver(got ? shown(what, *got->book) : result<inspected>{got.error()});
  });
  if (state.lookers.size() > 1) return promise;
  auto answer_all = [self, life = state.life](const result<loaded>& got) {
    auto& s = self->state;
    if (got && !s.engine && s.life == life) s.stored = got->book;
    for (auto& each : std::exchange(s.lookers, {})) each(got ? got : result<loaded>{s.fault});
  };
  self->request(state.near.journal, state.options.append_timeout, load{state.id})
      .then(answer_all, [self, answer_all](const caf::error&) { answer_all(self->state.fault); });
  return promise;
}

}  // namespace

experiment_state::~experiment_state() {
  // A dropped promise is silence until the caller's time-out, so a dying actor answers.
  const error restarted{errc::unavailable, "experiment " + std::to_string(id.number) + " was restarted"};
  for (auto& [to, caller] : callers) caller.settle(outcome{restarted});
  for (auto& each : lookers) each(restarted);
}

experiment_actor::behavior_type run_experiment(self_pointer self, experiment_id id, experiment_neighbours near,
                                               experiment_options options, std::shared_ptr<experiment_start> start) {
  auto& state = self->state;
  state.id = id;
  state.near = std::move(near);
  state.options = options;
  state.options.time = options.time.not_before(start->engine.book().last_fact_at(), self);
  state.engine = std::move(start->engine);
  // Without its journal it is of no use: the house is started anew, and with it another actor for this experiment.
  self->monitor(state.near.journal);
  self->set_down_handler([self](caf::down_msg& down) { self->quit(down.reason); });
  self->send(state.near.feed,
             published{id, std::make_shared<const std::vector<fact>>(), standing_of(state.engine->book())});
  perform(self, std::move(start->first));
  return {
      [self](const command_for& c) -> caf::result<outcome> {
        auto& s = self->state;
        if (!s.engine) return outcome{s.fault};
        auto promise = self->make_response_promise<outcome>();
        auto tell = [promise](outcome o) mutable { promise.deliver(std::move(o)); };
        auto ticket = take_caller(s, {tell, {}});
        perform(self, s.engine->handle(c.request, ticket, s.options.time.now(self)));
        return promise;
      },
      [self](describe) -> caf::result<result<loaded>> {
        auto& s = self->state;
        if (s.engine && (s.unsettled.empty() || VILFREDO_BUG(dirty_read)))
          return result<loaded>{loaded{std::make_shared<const ledger>(s.engine->book())}};
        // Ahead of the store, or without one: the journal's own reading of it is what is durable.
        return self->delegate(s.near.journal, load{s.id});
      },
      [self](const inspect& i) -> caf::result<result<inspected>> {
        auto& s = self->state;
        if (!s.engine) return look_at_stored(self, i);
        auto seen = shown(i, s.engine->book());
        if (!seen || s.unsettled.empty()) return seen;
        // What was seen may be ahead of the store: the answer leaves with what it speaks of.
        auto promise = self->make_response_promise<result<inspected>>();
        auto tell = [promise](const outcome& o) mutable {
          promise.deliver(o ? result<inspected>{inspected{}} : result<inspected>{o.error()});
        };
        auto ticket = take_caller(s, {tell, {}});
        s.unsettled.back().push_back({ticket, answer{done{}}});
        return promise;
      },
      [self](const optimized& o) {
        auto& s = self->state;
        if (!s.engine || o.job != s.job) return;
        perform(self, s.engine->planned(*o.made, s.options.time.now(self)));
      },
      [self](enact& e) { carry_out(self, std::move(e.what)); },
      [self](append_due) { append_gathered(self); },
      [self](agenda_due) { look_after_agenda(self); },
      [self](reload_due) { reload(self); },
  };
}

}  // namespace vilfredo::actors
