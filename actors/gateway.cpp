#include "actors/gateway.hpp"

namespace vilfredo::actors {

namespace {

using self_pointer = gateway_actor::stateful_pointer<gateway_state>;
using answer_function = std::function<void(outcome)>;

outcome unreachable(self_pointer self, const caf::error& e) {
  return error{errc::unavailable, "the experiment cannot be reached (" + self->system().render(e) + "); try again"};
}

void pass(self_pointer self, const experiment_actor& to, const command_to& what, answer_function answer) {
  auto& state = self->state;
  auto timeout = state.options.slack;
  if (auto* asks = std::get_if<ask>(&what.request.what)) timeout += asks->patience;
  self->request(to, timeout, command_for{what.request})
      .then([answer](outcome& o) { answer(std::move(o)); },
            [self, answer, id = what.experiment](const caf::error& e) {
              self->state.known.erase(id);
              answer(unreachable(self, e));
            });
}

void carry(self_pointer self, const command_to& what, answer_function answer) {
  auto& state = self->state;
  if (state.in_flight.size() >= state.options.most_in_flight)
    return answer(error{errc::overloaded, "too many commands at once; try again"});
  auto number = state.next++;
  state.in_flight.emplace(number, std::move(answer));
  auto leave = [self, number](outcome o) {
    auto waiting = self->state.in_flight.extract(number);
    if (waiting) waiting.mapped()(std::move(o));
  };
  if (auto known = state.known.find(what.experiment); known != state.known.end())
    return pass(self, known->second, what, leave);
  self->request(state.registry, state.options.locate_timeout, locate{what.experiment})
      .then(
          [self, what, leave](const result<located>& found) {
            if (!found) return leave(found.error());
            self->state.known[what.experiment] = found->handle;
            self->monitor(found->handle);
            pass(self, found->handle, what, leave);
          },
          [self, leave](const caf::error& e) { leave(unreachable(self, e)); });
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
        carry(self, c, [promise](outcome o) mutable { promise.deliver(std::move(o)); });
        return promise;
      },
      [self](const submit& s) { carry(self, s.what, s.answer); },
  };
}

}  // namespace vilfredo::actors
