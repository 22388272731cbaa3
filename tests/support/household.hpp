#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/supervisor.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/fake_launcher.hpp"
#include "tests/support/sim_journal.hpp"
#include "tests/support/virtual_time.hpp"

namespace vilfredo::test {

using namespace std::chrono_literals;

inline std::shared_ptr<const definition> shared(definition d) {
  return std::make_shared<const definition>(std::move(d));
}

/// One metric's value of a simple_experiment.
inline std::vector<measurement> loss(double y) { return {{"y", y, std::nullopt}}; }

/// All actors, in virtual time, around a store in memory.
class household : public virtual_time {
public:
  household() {
    options.store = [this] { return std::static_pointer_cast<journal>(store); };
    options.detached_journal = false;
    options.optimizers.detached = false;
    options.registry.experiment.time = epoch;
    options.tell = [this](const std::string& news) { told.push_back(news); };
    options.give_up = [this](const std::string& why) { given_up.push_back(why); };
  }
  ~household() {
    if (supervisor) stop(supervisor);
    supervisor = nullptr;
    settle();
  }

  void start() {
    supervisor = system.spawn(actors::run_supervisor, options);
    settle();
  }
  actors::household home() { return *call<actors::household>(supervisor, actors::find_household{}); }

  /// The experiment's id.
  experiment_id create(definition d) {
    auto made = call<result<actors::located>>(home().registry, actors::create{shared(std::move(d)), "create"});
    return must(*made).experiment;
  }
  promised<outcome> send(experiment_id to, command what, std::string request_id = {}) {
    return ask<outcome>(home().gateway, actors::command_to{to, {std::move(request_id), std::move(what)}});
  }
  outcome tell(experiment_id to, command what, std::string request_id = {}) {
    auto answer = send(to, std::move(what), std::move(request_id));
    settle();
    return *answer ? **answer : outcome{error{errc::internal, "no answer yet"}};
  }
  issued ask_for(experiment_id to, std::string worker = "w", std::optional<duration> lease = std::nullopt) {
    return std::get<issued>(must(tell(to, vilfredo::ask{std::move(worker), 0s, lease})));
  }
  std::shared_ptr<const ledger> book(experiment_id id) {
    auto where = must(*call<result<actors::located>>(home().registry, actors::locate{id}));
    return must(*call<result<actors::loaded>>(where.handle, actors::describe{})).book;
  }

  std::shared_ptr<sim_disk> disk = std::make_shared<sim_disk>();
  std::shared_ptr<sim_journal> store = std::make_shared<sim_journal>(disk);
  actors::time_source epoch{time_point{std::chrono::hours{24 * 365 * 50}}};
  actors::supervisor_options options;
  actors::supervisor_actor supervisor;
  std::vector<std::string> told, given_up;
};

}  // namespace vilfredo::test
