#include "actors/gateway.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = gateway_actor::stateful_pointer<gateway_state>;
using answer_function = std::function<void(outcome)>;

outcome unreachable(self_pointer self, const caf::error& e) {
  return error{errc::unavailable, "the experiment cannot be reached (" + self->system().render(e) + "); try again"};
}

/// Finds the experiment and hands it to `pass`, with the function to answer by.
template <class Pass>
void carry(self_pointer self, experiment_id id, answer_function answer, Pass pass) {
  auto& state = self->state;
  if (state.in_flight.size() >= state.options.most_in_flight)
    return answer(error{errc::overloaded, "too many commands at once; try again"});
  auto number = state.next++;
  state.in_flight.emplace(number, std::move(answer));
  auto leave = [self, number](outcome o) {
    auto waiting = self->state.in_flight.extract(number);
    if (waiting) waiting.mapped()(std::move(o));
  };
  if (auto known = state.known.find(id); known != state.known.end()) return pass(known->second, leave);
  self->request(state.registry, state.options.locate_timeout, locate{id})
      .then(
          [self, id, pass, leave](const result<located>& found) {
            if (!found) return leave(found.error());
            self->state.known[id] = found->handle;
            self->monitor(found->handle);
            pass(found->handle, leave);
          },
          [self, leave](const caf::error& e) { leave(unreachable(self, e)); });
}

void command(self_pointer self, const command_to& what, answer_function answer) {
  carry(self, what.experiment, std::move(answer), [self, what](const experiment_actor& to, auto leave) {
    auto& state = self->state;
    auto timeout = state.options.slack;
    if (auto* asks = std::get_if<ask>(&what.request.what)) timeout += asks->patience;
    self->request(to, timeout, command_for{what.request})
        .then([leave](outcome& o) { leave(std::move(o)); },
              [self, leave, id = what.experiment](const caf::error& e) {
                self->state.known.erase(id);
                leave(unreachable(self, e));
              });
  });
}

void look(self_pointer self, const show& what, answer_function answer) {
  carry(self, what.experiment, std::move(answer), [self, what](const experiment_actor& to, auto leave) {
    self->request(to, self->state.options.slack, inspect{what.look})
        .then([leave](const result<inspected>& how) { leave(how ? outcome{done{}} : outcome{how.error()}); },
              [self, leave, id = what.experiment](const caf::error& e) {
                self->state.known.erase(id);
                leave(unreachable(self, e));
              });
  });
}

}  // namespace

gateway_state::~gateway_state() {
  for (auto& [number, answer] : in_flight)
    answer(error{errc::unavailable, "the orchestrator is restarting; try again"});
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
      [self](const submit& s) { command(self, s.what, s.answer); },
  };
}

}  // namespace vilfredo::actors
