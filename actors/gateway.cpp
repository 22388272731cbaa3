#include "actors/gateway.hpp"

#include "actors/clock.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = gateway_actor::stateful_pointer<gateway_state>;
using answer_function = std::function<void(outcome)>;

outcome unreachable(const std::string& why) {
  return error{errc::unavailable, "the experiment cannot be reached (" + why + "); try again"};
}

outcome unreachable(self_pointer self, const caf::error& e) { return unreachable(self->system().render(e)); }

auto is_in_flight(self_pointer self) {
  return [self](const experiment_answer& x) { return self->state.in_flight.contains(x.number); };
}

void tell(const answer_function& who, outcome o) noexcept {
  try {
    who(std::move(o));
  } catch (...) {
    // It has been told; the others still wait.
  }
}

void leave(self_pointer self, std::uint64_t number, outcome o) {
  auto waiting = self->state.in_flight.extract(number);
  if (waiting) tell(waiting.mapped(), std::move(o));
}

/// Remembers the way to an experiment until it ends.
void remember(self_pointer self, experiment_id id, const located& found) {
  self->state.known[id] = found.handle;
  self->monitor(found.handle);
}

error overloaded(self_pointer self) {
  ++self->state.overloads;
  return {errc::overloaded, "too many commands at once; try again"};
}

/// Finds the experiment and hands it to `pass`, with the number of what is in flight now.
template <class Pass>
void carry(self_pointer self, experiment_id id, answer_function answer, Pass pass) {
  auto& state = self->state;
  if (state.under_way() >= state.options.most_in_flight) return tell(answer, overloaded(self));
  auto number = state.next++;
  state.in_flight.emplace(number, std::move(answer));
  if (auto known = state.known.find(id); known != state.known.end()) return pass(known->second, number);
  self->request(state.registry, state.options.locate_timeout, locate{id})
      .then(
          [self, id, pass = std::move(pass), number](const result<located>& found) mutable {
            if (!found) return leave(self, number, found.error());
            remember(self, id, *found);
            pass(found->handle, number);
          },
          [self, number](const caf::error& e) { leave(self, number, unreachable(self, e)); });
}

/// Asks the experiment, which must answer within `patience`; what it answers is made an outcome.
template <class Answer, class Message>
void pass_on(self_pointer self, experiment_answer from, const experiment_actor& to, duration patience, Message what,
             outcome (*made)(Answer&)) {
  auto now = time_source{}.now(self);
  self->state.agenda.add(self, now, now + patience, from, is_in_flight(self));
  self->request(to, caf::infinite, std::move(what))
      .then([self, from, made](Answer& got) { leave(self, from.number, made(got)); },
            [self, from](const caf::error& e) {
              self->state.known.erase(from.from);
              leave(self, from.number, unreachable(self, e));
            });
}

void command(self_pointer self, const command_to& what, answer_function answer) {
  carry(self, what.experiment, std::move(answer), [self, what](const experiment_actor& to, std::uint64_t number) {
    auto patience = self->state.options.slack;
    if (auto* asks = std::get_if<ask>(&what.request.what)) patience += asks->patience;
    pass_on<outcome>(self, {number, what.experiment}, to, patience, command_for{what.request},
                     [](outcome& o) { return std::move(o); });
  });
}

/// Passes it on and forgets it: the experiment settles it.
void enact_there(self_pointer self, std::shared_ptr<enactment> what) {
  auto& state = self->state;
  if (state.under_way() >= state.options.most_in_flight) return what->settle(overloaded(self));
  what->count_in(state.enacting);
  const auto id = what->experiment();
  if (auto known = state.known.find(id); known != state.known.end())
    return self->send(known->second, enact{std::move(what)});
  self->request(state.registry, state.options.locate_timeout, locate{id})
      .then(
          [self, what](const result<located>& found) {
            if (!found) return what->settle(found.error());
            remember(self, what->experiment(), *found);
            self->send(found->handle, enact{what});
          },
          [self, what](const caf::error& e) { what->settle(unreachable(self, e)); });
}

void look(self_pointer self, const show& what, answer_function answer) {
  carry(self, what.experiment, std::move(answer), [self, what](const experiment_actor& to, std::uint64_t number) {
    pass_on<result<inspected>>(self, {number, what.experiment}, to, self->state.options.slack, inspect{what.look},
                               [](result<inspected>& how) { return how ? outcome{done{}} : outcome{how.error()}; });
  });
}

void give_up_silent(self_pointer self) {
  auto now = time_source{}.now(self);
  while (auto silent = self->state.agenda.next_due(self, now, is_in_flight(self))) {
    self->state.known.erase(silent->from);
    leave(self, silent->number, unreachable("it does not answer"));
  }
}

}  // namespace

gateway_state::~gateway_state() {
  for (auto& [number, answer] : in_flight)
    tell(answer, error{errc::unavailable, "the orchestrator is restarting; try again"});
}

gateway_actor::behavior_type run_gateway(self_pointer self, registry_actor registry, gateway_options options) {
  self->state.registry = std::move(registry);
  self->state.options = options;
  self->set_down_handler([self](caf::down_msg& down) {
    std::erase_if(self->state.known, [&](const auto& e) { return e.second == down.source; });
  });
  return {
      [self](const command_to& c) -> caf::result<outcome> {
        auto promise = self->make_response_promise<outcome>();
        command(self, c, [promise](outcome o) mutable { promise.deliver(std::move(o)); });
        return promise;
      },
      [self](const show& s) -> caf::result<result<inspected>> {
        auto promise = self->make_response_promise<result<inspected>>();
        look(self, s, [promise](const outcome& o) mutable {
          promise.deliver(o ? result<inspected>{inspected{}} : result<inspected>{o.error()});
        });
        return promise;
      },
      [self](enact& e) { enact_there(self, std::move(e.what)); },
      [self](const submit& s) { command(self, s.what, s.answer); },
      [self](agenda_due) { give_up_silent(self); },
      [self](measure) {
        return gateway_measures{self->state.under_way(), self->state.overloads};
      },
  };
}

}  // namespace vilfredo::actors
