#include "app/workshop.hpp"

#include <caf/logger.hpp>

#include "actors/compute_worker.hpp"
#include "actors/remote_gateway.hpp"
#include "app/nonce.hpp"

namespace vilfredo::app {

namespace {

caf::actor_system_config& configured(caf::actor_system_config& config) {
  // Little to do, and nothing that waits: stealing would poll.
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{2});
  return config;
}

std::shared_ptr<const actors::compute_worker_options> worker_options_of(const workshop_options& o) {
  auto out = std::make_shared<actors::compute_worker_options>();
  out->name = o.name;
  out->nonce = fresh_nonce();
  out->experiment = o.work.experiment;
  out->definition = o.work.definition;
  out->space = o.work.space;
  out->launcher = o.work.launcher;
  out->slots = o.work.slots;
  out->gpus = o.work.gpus;
  out->lease = o.lease;
  // Whoever carries does not give up, and a command that was sent again meanwhile would only wait behind itself.
  out->answer_timeout = std::chrono::hours{24 * 365};
  out->ended = [letters = o.letters](std::optional<error> refusal) { letters->put(worker_ended{std::move(refusal)}); };
  out->tell = [letters = o.letters](const std::string& news) { letters->put(told{news}); };
  return out;
}

}  // namespace

struct workshop::machinery {
  explicit machinery(const workshop_options& o) : system(configured(config)) {
    gateway = system.spawn(actors::run_remote_gateway,
                           [carry = o.carry](const actors::command_to& what, std::function<void(outcome)> answer) {
                             carry(what.request, std::move(answer));
                           });
    worker = system.spawn(actors::run_compute_worker, worker_options_of(o), actors::carrier_actor(gateway),
                          std::uint64_t{1});
    caf::actor_cast<caf::abstract_actor*>(worker)->attach_functor([letters = o.letters](const caf::error& why) {
      if (why != caf::exit_reason::user_shutdown)
        letters->put(worker_ended{error{errc::internal, "the compute worker died; start it again"}});
    });
    // As in a house: or the end would wait for ever, where another thread brings it about.
    caf::logger::set_current_actor_system(nullptr);
  }
  ~machinery() {
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(gateway, caf::exit_reason::user_shutdown);
  }

  caf::actor_system_config config;
  caf::actor_system system;
  actors::remote_gateway_actor gateway;
  actors::compute_worker_actor worker;
};

workshop::workshop(const workshop_options& options) : machinery_(std::make_unique<machinery>(options)) {}
workshop::~workshop() = default;

void workshop::drain() { caf::anon_send(machinery_->worker, actors::drain{}); }
void workshop::halt() { caf::anon_send(machinery_->worker, actors::halt{}); }

}  // namespace vilfredo::app
