#include "actors/registry.hpp"

#include <doctest/doctest.h>

#include "tests/support/household.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;
using test::simple_experiment;

namespace {

struct fixture : test::household {
  fixture() { start(); }
  definition named(std::string name) {
    auto d = simple_experiment();
    d.name = std::move(name);
    return d;
  }
  promised<result<located>> found(definition d, std::string request_id = {}) {
    return ask<result<located>>(home().registry, actors::create{test::shared(std::move(d)), std::move(request_id)});
  }
  result<located> find(experiment_id id) { return *call<result<located>>(home().registry, locate{id}); }
  void restart() {
    stop(supervisor);
    settle();
    start();
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "experiments get ascending ids, also after a restart") {
  CHECK(create(named("a")).number == 1);
  CHECK(create(named("b")).number == 2);
  restart();
  CHECK(create(named("c")).number == 3);
  auto known = test::must(*call<result<store_listing>>(home().registry, list_experiments{}));
  CHECK(known.entries.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "an experiment is loaded when somebody needs it, once for all who ask") {
  auto id = create(named("a"));
  ask_for(id);
  restart();
  auto registry = home().registry;
  CHECK(test::state_of<registry_state>(registry)->awake.empty());
  auto one = ask<result<located>>(registry, locate{id}), two = ask<result<located>>(registry, locate{id});
  settle();
  CHECK(test::must(**one).handle == test::must(**two).handle);
  CHECK(store->calls(test::sim_journal::call::load) == 1);
  CHECK(book(id)->count(trial_state::running) == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "the same request, sent again before it is answered, makes one experiment for all who sent it") {
  const auto registry = home().registry;
  const actors::create wanted{test::shared(named("a")), "once", true};
  auto one = ask<result<located>>(registry, wanted), two = ask<result<located>>(registry, wanted);
  settle();
  CHECK(test::must(**one).experiment == test::must(**two).experiment);
  CHECK(test::must(*call<result<store_listing>>(registry, list_experiments{})).entries.size() == 1);
  store->fail_next(test::sim_journal::call::commit);
  const actors::create other{test::shared(named("b")), "other", true};
  auto three = ask<result<located>>(registry, other), four = ask<result<located>>(registry, other);
  settle();
  CHECK_FALSE(static_cast<bool>(**three));
  CHECK_FALSE(static_cast<bool>(**four));
}

TEST_CASE_FIXTURE(fixture, "a request that nobody has sent before loads no namesake, and is still done once") {
  const auto registry = home().registry;
  auto send = [&](std::string id, bool first) {
    auto answer = ask<result<located>>(registry, actors::create{test::shared(named("a")), std::move(id), true, first});
    settle();
    return test::must(**answer).experiment;
  };
  const auto one = send("1", true);
  CHECK(send("2", true) != one);
  CHECK(send("3", true) != one);
  CHECK(store->calls(test::sim_journal::call::load) == 0);
  // Who was told so wrongly, for the two came at once.
  CHECK(send("1", true) == one);
  CHECK(send("1", false) == one);
  CHECK(store->calls(test::sim_journal::call::load) == 0);
  restart();
  CHECK(*call<result<located>>(home().registry, locate{one}));
  auto again = ask<result<located>>(home().registry, actors::create{test::shared(named("a")), "1", true, false});
  settle();
  CHECK(test::must(**again).experiment == one);
  CHECK(disk->books.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "a name is taken from the moment somebody asks for it until its experiment is archived") {
  auto first = found(named("a")), second = found(named("a"));
  settle();
  CHECK(static_cast<bool>(**first));
  REQUIRE_FALSE(static_cast<bool>(**second));
  CHECK((**second).error().code == errc::conflict);
  auto third = found(named("a"));
  settle();
  CHECK((**third).error().code == errc::conflict);
  CHECK(disk->books.size() == 1);
  test::must(tell(test::must(**first).experiment, archive{}));
  auto fourth = found(named("a"));
  settle();
  CHECK(test::must(**fourth).experiment.number == 2);
}

TEST_CASE_FIXTURE(fixture, "creating with the same request id again finds the experiment that was made") {
  auto first = found(named("a"), "r");
  settle();
  auto again = found(named("a"), "r");
  settle();
  REQUIRE(static_cast<bool>(**again));
  CHECK(test::must(**again).experiment == test::must(**first).experiment);
  CHECK(disk->books.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a name is free again when its experiment could not be stored") {
  store->fail_next(test::sim_journal::call::commit);
  auto first = found(named("a"));
  settle();
  CHECK_FALSE(static_cast<bool>(**first));
  auto second = found(named("a"));
  settle();
  CHECK(static_cast<bool>(**second));
}

TEST_CASE_FIXTURE(fixture, "a definition that makes no sense is refused, and takes no name") {
  auto bad = named("a");
  bad.metrics.clear();
  auto first = found(bad);
  settle();
  CHECK((**first).error().code == errc::invalid);
  auto second = found(named("a"));
  settle();
  CHECK(static_cast<bool>(**second));
}

TEST_CASE_FIXTURE(fixture, "an experiment that does not exist is not found") {
  CHECK(find({5}).error().code == errc::not_found);
}

TEST_CASE_FIXTURE(fixture, "a damaged experiment is refused while the others work") {
  auto good = create(named("good")), bad = create(named("bad"));
  ask_for(good);
  ask_for(bad);
  ask_for(bad);
  restart();
  disk->books.at(bad).erase(disk->books.at(bad).begin() + 1);
  CHECK_FALSE(static_cast<bool>(find(bad)));
  CHECK_FALSE(static_cast<bool>(tell(bad, vilfredo::pause{})));
  CHECK(ask_for(good).trial.number == 2);
}

TEST_CASE_FIXTURE(fixture, "an experiment that died is loaded again for the next who asks") {
  auto id = create(named("a"));
  auto held = ask_for(id);
  auto first = test::must(find(id)).handle;
  kill(first);
  settle();
  auto second = test::must(find(id)).handle;
  CHECK(second != first);
  CHECK(static_cast<bool>(tell(id, complete{held.trial, held.attempt, test::loss(1)})));
}

TEST_CASE_FIXTURE(fixture, "the store's failure to load is told, and the next who asks may have more luck") {
  auto id = create(named("a"));
  restart();
  store->fail_next(test::sim_journal::call::load);
  CHECK(find(id).error().code == errc::unavailable);
  CHECK(static_cast<bool>(find(id)));
}
