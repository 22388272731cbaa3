#include "actors/supervisor.hpp"

#include <doctest/doctest.h>

#include "tests/support/household.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;
using test::simple_experiment;

namespace {

struct fixture : test::household {
  supervisor_state& inside() { return *test::state_of<supervisor_state>(supervisor); }
  template <class Handle>
  void fell(const Handle& victim) {
    kill(victim);
    settle();
  }
  std::shared_ptr<compute_worker_options> job(experiment_id id, const std::shared_ptr<test::fake_launcher>& launcher) {
    auto d = simple_experiment();
    d.run.emplace();
    d.run->command = {"train"};
    auto o = std::make_shared<compute_worker_options>();
    o->name = "local";
    o->nonce = "1";
    o->experiment = id;
    o->definition = test::shared(d);
    o->space = std::make_shared<const space>(test::must(space::make(d.space)));
    o->launcher = launcher;
    return o;
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "whichever child dies, the house stands again after a pause and has lost nothing") {
  start();
  auto id = create(simple_experiment());
  auto held = ask_for(id);
  for (int child = 0; child < 5; ++child) {
    CAPTURE(child);
    auto& s = inside();
    auto before = s.gateway;
    switch (child) {
    case 0: fell(s.journal); break;
    case 1: fell(s.pool); break;
    case 2: fell(s.feed); break;
    case 3: fell(s.registry); break;
    default: fell(s.gateway);
    }
    CHECK_FALSE(inside().up);
    advance(2s);
    CHECK(inside().up);
    CHECK(inside().gateway != before);
    CHECK(static_cast<bool>(tell(id, report{held.trial, held.attempt, 1, test::loss(1)})));
    CHECK(book(id)->find(held.trial)->reports.size() == static_cast<std::size_t>(child + 1));
    advance(10min);
  }
  CHECK(told.size() == 5);
  CHECK(given_up.empty());
}

TEST_CASE_FIXTURE(fixture, "the pause doubles while children keep dying, and then it gives up") {
  options.most_restarts = 4;
  start();
  for (auto pause : {100ms, 200ms, 400ms, 800ms}) {
    fell(inside().feed);
    advance(pause - 1ms);
    CHECK_FALSE(inside().up);
    advance(1ms);
    CHECK(inside().up);
  }
  CHECK(given_up.empty());
  fell(inside().feed);
  REQUIRE(given_up.size() == 1);
  CHECK(given_up[0].find("the feed keeps dying") == 0);
  advance(1h);
  CHECK_FALSE(inside().up);
}

TEST_CASE_FIXTURE(fixture, "a calm while forgives") {
  options.most_restarts = 1;
  start();
  for (int i = 0; i < 5; ++i) {
    fell(inside().pool);
    advance(2min);
    CHECK(inside().up);
  }
  CHECK(given_up.empty());
}

TEST_CASE_FIXTURE(fixture, "a compute worker that dies is started again, alone, and its trial goes on") {
  start();
  auto id = create(simple_experiment());
  auto launcher = std::make_shared<test::fake_launcher>();
  caf::anon_send(supervisor, employ{job(id, launcher)});
  settle();
  REQUIRE(launcher->runs.size() == 1);
  auto gateway = inside().gateway;
  auto first = launcher->runs.begin()->first;
  fell(inside().workers.begin()->second);
  CHECK(launcher->runs.at(first).told_to_stop);
  CHECK(inside().workers.empty());
  advance(1s);
  CHECK(inside().gateway == gateway);
  REQUIRE(inside().workers.size() == 1);
  REQUIRE(launcher->runs.size() == 2);
  CHECK(launcher->runs.rbegin()->second.what.trial == launcher->runs.begin()->second.what.trial);
  CHECK(launcher->runs.rbegin()->second.what.attempt == 2);
  CHECK(launcher->leftovers_ended.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a compute worker lives through a restart of the house and delivers its result") {
  start();
  auto id = create(simple_experiment());
  auto launcher = std::make_shared<test::fake_launcher>();
  caf::anon_send(supervisor, employ{job(id, launcher)});
  settle();
  auto run = launcher->runs.begin()->first;
  fell(inside().journal);
  launcher->say(run, run_report{std::nullopt, test::loss(0.5)});
  launcher->exit(run);
  settle();
  advance(10s);
  CHECK(book(id)->count(trial_state::completed) == 1);
  CHECK(launcher->runs.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a worker that is employed while the house is down starts with it") {
  start();
  auto id = create(simple_experiment());
  fell(inside().pool);
  auto launcher = std::make_shared<test::fake_launcher>();
  caf::anon_send(supervisor, employ{job(id, launcher)});
  settle();
  CHECK(launcher->runs.empty());
  advance(1s);
  CHECK(launcher->runs.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "the listener hears of every life of the house") {
  std::vector<std::uint64_t> heard;
  options.listener = [&](const published& p) { heard.push_back(p.facts->size()); };
  start();
  auto id = create(simple_experiment());
  CHECK(heard.size() == 1);
  fell(inside().feed);
  advance(1s);
  ask_for(id);
  CHECK(heard.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "whoever wants to know is told who is there, and that nobody is") {
  // Shared, because the house is told to go after this.
  auto present = std::make_shared<std::vector<caf::actor_id>>();
  options.moved = [present](const actors::household& home) {
    present->push_back(home.gateway ? home.gateway.id() : 0);
  };
  start();
  REQUIRE(present->size() == 1);
  CHECK(present->back() == inside().gateway.id());
  fell(inside().registry);
  REQUIRE(present->size() == 2);
  CHECK(present->back() == 0);
  advance(100ms);
  REQUIRE(present->size() == 3);
  CHECK(present->back() == inside().gateway.id());
}

TEST_CASE_FIXTURE(fixture, "an experiment does not outlive the house it belongs to") {
  start();
  auto id = create(simple_experiment());
  auto old = test::must(*call<result<located>>(home().registry, locate{id})).handle;
  fell(inside().registry);
  advance(1s);
  CHECK_FALSE(test::alive(old));
}

TEST_CASE_FIXTURE(fixture, "the store is handed to the next journal only when the last one has let go of it") {
  start();
  auto last = inside().journal;
  // The pool dies while the journal is busy: it has not even seen that it is to end.
  auto pool = inside().pool;
  kill(pool);
  while (test::alive(pool)) {
    REQUIRE(scheduler.prioritize(pool));
    scheduler.run_once();
  }
  while (inside().up) {
    REQUIRE(scheduler.prioritize(supervisor));
    scheduler.run_once();
  }
  jump(clock() + 1min);
  while (scheduler.prioritize(supervisor)) scheduler.run_once();
  CHECK(test::alive(last));
  CHECK_FALSE(inside().up);
  settle();
  CHECK_FALSE(test::alive(last));
  advance(1min);
  CHECK(inside().up);
}

TEST_CASE_FIXTURE(fixture, "the supervisor tells what everybody has counted") {
  start();
  ask_for(create(simple_experiment()));
  auto m = *call<house_measures>(supervisor, measure{});
  CHECK(m.feed.facts[events::event(events::trial_issued{}).index()] == 1);
  CHECK(m.feed.trials[static_cast<std::size_t>(trial_state::running)] == 1);
  CHECK(m.feed.experiments[0] == 1);
  CHECK(m.journal.appends.sum() >= 2);
  CHECK(m.pool.optimizers == 1);
  CHECK(m.gateway.in_flight == 0);
  CHECK(m.restarts == 0);
  CHECK(m.silent.empty());
  fell(inside().pool);
  // Who is not there has its figures told from before.
  m = *call<house_measures>(supervisor, measure{});
  CHECK(m.silent == std::set<std::string_view>{"feed", "gateway", "journal", "pool"});
  CHECK(m.pool.optimizers == 1);
  CHECK(m.journal.experiments == 1);
  advance(2s);
  CHECK(call<house_measures>(supervisor, measure{})->restarts == 1);
}
