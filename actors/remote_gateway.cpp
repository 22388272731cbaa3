#include "actors/remote_gateway.hpp"

#include <utility>

#include "actors/thrown.hpp"

namespace vilfredo::actors {

remote_gateway_actor::behavior_type
run_remote_gateway(remote_gateway_actor::stateful_pointer<remote_gateway_state> self, carry_function carry) {
  return {
      [self, carry = std::move(carry)](const command_to& what) -> caf::result<outcome> {
        auto& state = self->state;
        auto number = state.next++;
        auto promise = self->make_response_promise<outcome>();
        state.in_flight.emplace(number, promise);
        // Weak: a command on its way must not keep us alive.
        auto back = caf::actor_cast<caf::weak_actor_ptr>(caf::actor_cast<caf::actor_addr>(self));
        try {
          carry(what, [back, number](outcome how) {
            if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(back))
              caf::anon_send(caf::actor_cast<remote_gateway_actor>(alive), carried{number, std::move(how)});
          });
        } catch (...) {
          // Not internal: who asks would take that for an answer, and the command is still to be carried.
          self->send(self, carried{number, error{errc::unavailable, thrown_by("who carries commands").message}});
        }
        return promise;
      },
      [self](const carried& c) {
        auto waiting = self->state.in_flight.extract(c.number);
        if (waiting) waiting.mapped().deliver(c.outcome);
      },
  };
}

}  // namespace vilfredo::actors
