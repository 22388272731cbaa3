#include "actors/gateway.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"
#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;

namespace {

/// An experiment that answers all who wait when it hears reload_due.
struct silent_state {
  static inline const char* name = "silent_experiment";
  silent_state() = default;
  std::vector<caf::typed_response_promise<outcome>> waiting;
  std::vector<std::shared_ptr<enactment>> enacting;
};
experiment_actor::behavior_type silent(experiment_actor::stateful_pointer<silent_state> self) {
  return {
      [self](const command_for&) -> caf::result<outcome> {
        auto promise = self->make_response_promise<outcome>();
        self->state.waiting.push_back(promise);
        return promise;
      },
      [](describe) -> caf::result<result<loaded>> { return result<loaded>{error{}}; },
      [](const inspect&) -> caf::result<result<inspected>> { return result<inspected>{error{}}; },
      [self](enact& e) { self->state.enacting.push_back(std::move(e.what)); },
      [](const optimized&) {},
      [](append_due) {},
      [](agenda_due) {},
      [self](reload_due) {
        for (auto& p : std::exchange(self->state.waiting, {})) p.deliver(outcome{answer{done{}}});
        for (auto& e : std::exchange(self->state.enacting, {})) e->settle(answer{done{}});
      },
  };
}

/// A registry that knows one experiment.
struct one_state {
  static inline const char* name = "registry_of_one";
  one_state() = default;
  experiment_actor known;
  std::size_t located = 0;
};
registry_actor::behavior_type registry_of_one(registry_actor::stateful_pointer<one_state> self) {
  return {
      [](const create&) -> caf::result<result<located>> { return result<located>{error{}}; },
      [self](const locate& l) -> caf::result<result<located>> {
        ++self->state.located;
        if (l.experiment.number != 1 || !self->state.known)
          return result<located>{error{errc::not_found, "there is no such experiment"}};
        return result<located>{located{l.experiment, self->state.known}};
      },
      [](list_experiments) -> caf::result<result<store_listing>> { return result<store_listing>{store_listing{}}; },
  };
}

struct fixture : test::virtual_time {
  fixture() {
    experiment = system.spawn(silent);
    registry = system.spawn(registry_of_one);
    settle();
    inside()->known = experiment;
  }
  ~fixture() {
    stop(gateway);
    stop(registry);
    stop(experiment);
    gateway = nullptr;
    registry = nullptr;
    experiment = nullptr;
  }
  void start(gateway_options options = {}) {
    gateway = system.spawn(run_gateway, registry, options);
    settle();
  }
  one_state* inside() { return test::state_of<one_state>(registry); }
  std::size_t waiting() { return test::state_of<silent_state>(experiment)->waiting.size(); }
  void answer_all() {
    caf::anon_send(experiment, reload_due{});
    settle();
  }
  promised<outcome> send(command what = vilfredo::pause{}, std::uint64_t to = 1) {
    auto out = ask<outcome>(gateway, command_to{{to}, {{}, std::move(what)}});
    settle();
    return out;
  }

  /// Sends an enactment; what it is answered, all of it.
  std::shared_ptr<std::vector<outcome>> enact_pause(std::uint64_t in = 1) {
    auto answers = std::make_shared<std::vector<outcome>>();
    auto decide = [](const ledger&) { return result<vilfredo::request>{vilfredo::request{{}, vilfredo::pause{}}}; };
    auto note = [answers](outcome o) { answers->push_back(std::move(o)); };
    caf::anon_send(gateway, enact{std::make_shared<enactment>(experiment_id{in}, decide, nullptr, note)});
    settle();
    return answers;
  }
  std::size_t in_flight() {
    auto counted = ask<gateway_measures>(gateway, measure{});
    settle();
    return (*counted)->in_flight;
  }

  experiment_actor experiment;
  registry_actor registry;
  gateway_actor gateway;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a command goes to its experiment and the answer comes back; the way is looked up once") {
  start();
  auto one = send(), two = send();
  CHECK(waiting() == 2);
  CHECK_FALSE(one->has_value());
  answer_all();
  CHECK(static_cast<bool>(**one));
  CHECK(static_cast<bool>(**two));
  CHECK(inside()->located == 1);
}

TEST_CASE_FIXTURE(fixture, "an enactment is passed on for good: its experiment settles it") {
  start();
  auto one = enact_pause(), two = enact_pause();
  CHECK(inside()->located == 1);
  CHECK(one->empty());
  CHECK(in_flight() == 2);
  answer_all();
  REQUIRE(one->size() == 1);
  CHECK(static_cast<bool>(one->front()));
  CHECK(two->size() == 1);
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(fixture, "an enactment that comes to nobody is answered all the same, once") {
  start();
  auto refused = enact_pause(2);
  REQUIRE(refused->size() == 1);
  CHECK(refused->front().error().code == errc::not_found);
  auto held = enact_pause();
  SUBCASE("the experiment dies with it") {
    kill(experiment);
    settle();
    REQUIRE(held->size() == 1);
    CHECK(held->front().error().code == errc::unavailable);
    auto late = enact_pause();
    REQUIRE(late->size() == 1);
    CHECK(late->front().error().code == errc::unavailable);
  }
  SUBCASE("the gateway is gone") {
    kill(gateway);
    settle();
    auto late = enact_pause();
    REQUIRE(late->size() == 1);
    CHECK(late->front().error().code == errc::unavailable);
    answer_all();
    REQUIRE(held->size() == 1);
    CHECK(static_cast<bool>(held->front()));
  }
}

TEST_CASE_FIXTURE(fixture, "enactments count among what is in flight") {
  start({.most_in_flight = 2});
  auto one = enact_pause();
  auto two = send();
  auto three = enact_pause();
  REQUIRE(three->size() == 1);
  CHECK(three->front().error().code == errc::overloaded);
  auto four = send();
  REQUIRE(four->has_value());
  CHECK((**four).error().code == errc::overloaded);
  answer_all();
  CHECK(one->size() == 1);
  CHECK(enact_pause()->empty());
  answer_all();
}

TEST_CASE_FIXTURE(fixture, "commands beyond the bound are refused as overloaded until one is answered") {
  start({.most_in_flight = 2});
  auto one = send(), two = send(), three = send();
  REQUIRE(three->has_value());
  CHECK((**three).error().code == errc::overloaded);
  answer_all();
  auto four = send();
  CHECK_FALSE(four->has_value());
  answer_all();
  CHECK(static_cast<bool>(**four));
}

TEST_CASE_FIXTURE(fixture, "an experiment that dies under a command is unavailable, and found anew for the next") {
  start();
  auto one = send();
  kill(experiment);
  settle();
  advance(60s);
  REQUIRE(one->has_value());
  CHECK((**one).error().code == errc::unavailable);
  inside()->known = experiment = system.spawn(silent);
  auto two = send();
  CHECK(inside()->located == 2);
  answer_all();
  CHECK(static_cast<bool>(**two));
}

TEST_CASE_FIXTURE(fixture,
                  "an experiment that says nothing is unavailable after a while, an asked one after its patience") {
  start({.slack = 10s});
  auto command = send();
  auto asking = send(vilfredo::ask{"w", 5s, std::nullopt});
  advance(9999ms);
  CHECK_FALSE(command->has_value());
  advance(1ms);
  REQUIRE(command->has_value());
  CHECK((**command).error().code == errc::unavailable);
  CHECK_FALSE(asking->has_value());
  advance(5s);
  REQUIRE(asking->has_value());
  CHECK((**asking).error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(fixture, "an experiment that does not exist is refused in the registry's words") {
  start();
  auto lost = send(vilfredo::pause{}, 2);
  REQUIRE(lost->has_value());
  CHECK((**lost).error().code == errc::not_found);
}

TEST_CASE_FIXTURE(fixture, "what is not an actor gets exactly one answer, even from a gateway that dies") {
  start();
  int answers = 0;
  errc code{};
  auto count = [&](outcome o) {
    ++answers;
    if (!o) code = o.error().code;
  };
  caf::anon_send(gateway, submit{{{1}, {{}, vilfredo::pause{}}}, count});
  settle();
  CHECK(answers == 0);
  SUBCASE("it is answered") {
    answer_all();
    CHECK(answers == 1);
  }
  SUBCASE("the gateway dies first") {
    kill(gateway);
    settle();
    CHECK(answers == 1);
    CHECK(code == errc::unavailable);
    answer_all();
  }
  SUBCASE("the answer comes after the time-out") {
    advance(60s);
    CHECK(answers == 1);
    answer_all();
  }
  advance(300s);
  CHECK(answers == 1);
}
