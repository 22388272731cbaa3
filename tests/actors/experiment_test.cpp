#include "actors/experiment.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

#include "actors/feed.hpp"
#include "actors/optimizer_pool.hpp"
#include "tests/support/household.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;
using test::simple_experiment;

namespace {

/// A store that takes its time: says "durable" when it hears commit_due.
struct slow_state {
  static inline const char* name = "slow_journal";
  slow_state() = default;
  std::vector<std::pair<caf::typed_response_promise<result<durable>>, facts>> waiting;
};
journal_actor::behavior_type slow_journal(journal_actor::stateful_pointer<slow_state> self) {
  return {
      [self](const append& a) -> caf::result<result<durable>> {
        auto promise = self->make_response_promise<result<durable>>();
        self->state.waiting.emplace_back(promise, a.facts);
        return promise;
      },
      [](const load&) -> result<loaded> {
        return error{errc::unavailable, "slow"};
      },
      [](list_store) -> result<store_listing> { return store_listing{}; },
      [](const keep_documents&) -> caf::result<result<kept_documents>> { return result<kept_documents>{error{}}; },
      [](const find_documents&) -> result<kept_documents> { return error{}; },
      [](const find_facts&) -> result<found_facts> { return error{}; },
      [](measure) { return journal_measures{}; },
      [self](commit_due) {
        for (auto& [promise, what] : std::exchange(self->state.waiting, {}))
          promise.deliver(result<durable>{durable{what->back().sequence}});
      },
  };
}

/// One experiment before a slow store.
struct slow_fixture : test::virtual_time {
  slow_fixture() {
    journal = system.spawn(slow_journal);
    pool = system.spawn(run_optimizer_pool, optimizer_pool_options{1, false, plan_by_catalogue});
    feed = system.spawn(run_feed);
    auto made = test::must(engine::create(simple_experiment(), epoch.epoch));
    made.step.facts.clear();
    experiment_options options;
    options.time = epoch;
    experiment =
        system.spawn(run_experiment, experiment_id{1}, experiment_neighbours{journal, pool, feed}, options,
                     std::make_shared<experiment_start>(experiment_start{std::move(made.what), std::move(made.step)}));
    settle();
  }
  ~slow_fixture() {
    for (auto& a : {caf::actor_cast<caf::actor>(experiment), caf::actor_cast<caf::actor>(journal),
                    caf::actor_cast<caf::actor>(pool), caf::actor_cast<caf::actor>(feed)})
      stop(a);
    experiment = nullptr;
    journal = nullptr;
    pool = nullptr;
    feed = nullptr;
    settle();
  }
  promised<outcome> send(command what, std::string request_id = {}) {
    auto out = ask<outcome>(experiment, command_for{{std::move(request_id), std::move(what)}});
    settle();
    return out;
  }
  /// Sends an enactment; what it is answered.
  std::shared_ptr<std::optional<outcome>> enact_there(std::function<result<request>(const ledger&)> decide,
                                                      std::function<void(const ledger&, const answer&)> seen) {
    auto heard = std::make_shared<std::optional<outcome>>();
    auto note = [heard](outcome o) { *heard = std::move(o); };
    caf::anon_send(experiment, enact{std::make_shared<enactment>(experiment_id{1}, decide, seen, note)});
    return heard;
  }
  std::vector<facts> appended() {
    std::vector<facts> out;
    for (const auto& [promise, what] : test::state_of<slow_state>(journal)->waiting) out.push_back(what);
    return out;
  }
  void durable_now() {
    caf::anon_send(journal, commit_due{});
    settle();
  }

  time_source epoch{time_point{std::chrono::hours{24 * 365 * 50}}};
  journal_actor journal;
  pool_actor pool;
  feed_actor feed;
  experiment_actor experiment;
};

struct fixture : test::household {
  fixture() {
    options.registry.experiment.grace = 10s;
    start();
  }
  actors::experiment_state& inside(experiment_id id) {
    auto* house = test::state_of<supervisor_state>(supervisor);
    return *test::state_of<actors::experiment_state>(test::state_of<registry_state>(house->registry)->awake.at(id));
  }
  trial_state state(experiment_id id, trial_id trial) { return book(id)->find(trial)->state; }
};

definition budget_of(std::uint64_t trials) {
  auto d = simple_experiment();
  d.observation_budget = trials;
  return d;
}

}  // namespace

TEST_CASE_FIXTURE(slow_fixture, "an answer leaves when its facts are durable, and not before") {
  auto asked = send(vilfredo::ask{"w", 0s, std::nullopt}, "a");
  advance(30s);
  CHECK_FALSE(asked->has_value());
  durable_now();
  CHECK(static_cast<bool>(**asked));
}

TEST_CASE_FIXTURE(slow_fixture,
                  "an answer that speaks of what is not durable yet waits for it, facts of its own or not") {
  auto first = send(vilfredo::ask{"w", 0s, std::nullopt}, "a");
  auto again = send(vilfredo::ask{"w", 0s, std::nullopt}, "a");
  auto refused = send(cancel{{9}, ""});
  CHECK_FALSE(again->has_value());
  CHECK_FALSE(refused->has_value());
  durable_now();
  CHECK(std::get<issued>(test::must(**first)).trial == std::get<issued>(test::must(**again)).trial);
  CHECK((**refused).error().code == errc::not_found);
}

TEST_CASE_FIXTURE(slow_fixture, "who looks at the ledger is answered when what he saw is durable") {
  std::size_t trials = 0;
  auto look = [&] {
    return ask<result<inspected>>(experiment, inspect{[&](const ledger& b) { trials = b.trials().size(); }});
  };
  auto before = look();
  settle();
  REQUIRE(before->has_value());
  CHECK(trials == 0);
  send(vilfredo::ask{"w", 0s, std::nullopt});
  auto seen = look();
  settle();
  CHECK(trials == 1);
  CHECK_FALSE(seen->has_value());
  durable_now();
  REQUIRE(seen->has_value());
  CHECK(static_cast<bool>(**seen));
}

TEST_CASE_FIXTURE(slow_fixture,
                  "a command is made by the ledger, seen as it left it, and answered when it is durable") {
  std::size_t before = 9, after = 0;
  auto decide = [&](const ledger& b) -> result<request> {
    before = b.trials().size();
    return request{"a", vilfredo::ask{"w", 0s, std::nullopt}};
  };
  auto seen = [&](const ledger& b, const answer& a) {
    after = b.trials().size();
    CHECK(std::get<issued>(a).trial == b.trials().back()->id);
  };
  auto first = enact_there(decide, seen);
  settle();
  // Carried out before the first is durable: it does not belong to what the first may show.
  send(vilfredo::ask{"w", 0s, std::nullopt}, "b");
  CHECK(before == 0);
  CHECK(after == 1);
  CHECK_FALSE(first->has_value());
  durable_now();
  REQUIRE(first->has_value());
  CHECK(static_cast<bool>(**first));
}

TEST_CASE_FIXTURE(slow_fixture,
                  "a command that the ledger refuses to make changes nothing and waits for what it has seen") {
  send(vilfredo::ask{"w", 0s, std::nullopt});
  bool shown = false;
  auto decide = [](const ledger& b) -> result<request> {
    return error{errc::conflict, std::to_string(b.trials().size()) + " trials are enough"};
  };
  auto refused = enact_there(decide, [&](const ledger&, const answer&) { shown = true; });
  settle();
  CHECK_FALSE(refused->has_value());
  durable_now();
  REQUIRE(refused->has_value());
  CHECK((**refused).error().message == "1 trials are enough");
  CHECK_FALSE(shown);
}

TEST_CASE_FIXTURE(slow_fixture, "what is thrown by who decides, is shown or looks is his answer, and nobody else's") {
  auto bursts = [](const ledger&) -> result<request> { throw std::runtime_error("no"); };
  auto ask_one = [](const ledger&) -> result<request> { return request{"a", vilfredo::ask{"w", 0s, std::nullopt}}; };
  auto undecided = enact_there(bursts, nullptr);
  auto other = send(vilfredo::ask{"w", 0s, std::nullopt}, "b");
  auto unseen = enact_there(ask_one, [](const ledger&, const answer&) { throw std::runtime_error("blind"); });
  auto looked = ask<result<inspected>>(experiment, inspect{[](const ledger&) { throw 1; }});
  settle();
  REQUIRE(undecided->has_value());
  CHECK((**undecided).error().code == errc::internal);
  REQUIRE(looked->has_value());
  CHECK((**looked).error().code == errc::internal);
  // It was carried out, so its answer waits for the store like any other.
  CHECK_FALSE(unseen->has_value());
  durable_now();
  CHECK(static_cast<bool>(**other));
  REQUIRE(unseen->has_value());
  CHECK((**unseen).error().message == "the command was carried out, but who was shown what came of it threw: blind");
  auto again = send(vilfredo::ask{"w", 0s, std::nullopt}, "a");
  CHECK(static_cast<bool>(**again));
}

TEST_CASE_FIXTURE(slow_fixture, "commands that wait together share an append, and none of them waits for another's") {
  std::vector<promised<outcome>> asked;
  for (const char* id : {"a", "b", "c"})
    asked.push_back(ask<outcome>(experiment, command_for{{id, vilfredo::ask{"w", 0s, std::nullopt}}}));
  settle();
  REQUIRE(appended().size() == 1);
  CHECK(appended().front()->size() == 3);
  auto later = send(vilfredo::ask{"w", 0s, std::nullopt}, "d");
  REQUIRE(appended().size() == 2);
  CHECK(appended().back()->front().sequence == appended().front()->back().sequence + 1);
  for (const auto& one : asked) CHECK_FALSE(one->has_value());
  durable_now();
  for (const auto& one : asked) CHECK(static_cast<bool>(**one));
  CHECK(later->has_value());
}

TEST_CASE_FIXTURE(slow_fixture, "a store that says nothing has failed after its time") {
  auto asked = send(vilfredo::ask{"w", 0s, std::nullopt});
  advance(60s);
  REQUIRE(asked->has_value());
  CHECK((**asked).error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(slow_fixture, "an experiment that is told to stop answers everybody who waits") {
  auto asked = send(vilfredo::ask{"w", 0s, std::nullopt});
  stop(experiment);
  settle();
  REQUIRE(asked->has_value());
  CHECK((**asked).error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(fixture, "a lease that runs out returns the trial to the queue") {
  auto id = create(simple_experiment());
  auto held = ask_for(id, "w", 10s);
  advance(9999ms);
  CHECK(state(id, held.trial) == trial_state::running);
  advance(1ms);
  CHECK(state(id, held.trial) == trial_state::returned);
  auto again = ask_for(id, "v", 10s);
  CHECK(again.trial == held.trial);
  CHECK(again.attempt == 2);
}

TEST_CASE_FIXTURE(fixture, "a heartbeat keeps the lease") {
  auto id = create(simple_experiment());
  auto held = ask_for(id, "w", 10s);
  for (int i = 0; i < 5; ++i) {
    advance(6s);
    test::must(tell(id, heartbeat{held.trial, held.attempt, 10s}));
  }
  CHECK(state(id, held.trial) == trial_state::running);
  advance(10s);
  CHECK(state(id, held.trial) == trial_state::returned);
}

TEST_CASE_FIXTURE(fixture, "an asker whose patience ends is told to come back later") {
  auto id = create(budget_of(1));
  ask_for(id);
  auto asked = send(id, vilfredo::ask{"v", 3s, std::nullopt});
  advance(2999ms);
  CHECK_FALSE(asked->has_value());
  advance(1ms);
  REQUIRE(asked->has_value());
  CHECK((**asked).error().code == errc::later);
}

TEST_CASE_FIXTURE(fixture, "an asker who waits gets the trial that another gives up") {
  auto id = create(budget_of(1));
  auto held = ask_for(id, "w", 10s);
  auto asked = send(id, vilfredo::ask{"v", 60s, std::nullopt});
  advance(10s);
  REQUIRE(asked->has_value());
  auto got = std::get<issued>(test::must(**asked));
  CHECK(got.trial == held.trial);
  CHECK(got.attempt == 2);
}

TEST_CASE_FIXTURE(fixture, "attempts that die of the machine are tried again, each later than the one before") {
  auto d = budget_of(1);
  d.run.emplace();
  d.run->command = {"train"};
  d.run->retries = 2;
  auto id = create(d);
  auto held = ask_for(id);
  for (auto pause : {1s, 2s}) {
    auto back = std::get<given_back>(
        test::must(tell(id, give_back{held.trial, held.attempt, return_cause::machine, "signal 9"})));
    CHECK(back.again);
    auto asked = send(id, vilfredo::ask{"w", 60s, std::nullopt});
    advance(pause - 1ms);
    CHECK_FALSE(asked->has_value());
    advance(1ms);
    REQUIRE(asked->has_value());
    held = std::get<issued>(test::must(**asked));
  }
  CHECK(held.attempt == 3);
  auto last = std::get<given_back>(
      test::must(tell(id, give_back{held.trial, held.attempt, return_cause::machine, "signal 9"})));
  CHECK_FALSE(last.again);
  CHECK(state(id, held.trial) == trial_state::failed);
}

TEST_CASE_FIXTURE(fixture,
                  "when the store refuses, nothing is acknowledged, and the experiment goes on once it works") {
  auto id = create(simple_experiment());
  auto held = ask_for(id);
  store->break_down(true);
  auto done = tell(id, complete{held.trial, held.attempt, test::loss(1)}, "c");
  REQUIRE_FALSE(static_cast<bool>(done));
  CHECK(done.error().code == errc::unavailable);
  // Faulted: every command is refused, and loading is tried less and less often.
  auto refused = tell(id, vilfredo::pause{});
  CHECK(refused.error().code == errc::unavailable);
  auto loads = [&] { return store->calls(test::sim_journal::call::load); };
  auto before = loads();
  advance(499ms);
  CHECK(loads() == before);
  advance(1ms);
  CHECK(loads() == before + 1);
  advance(999ms);
  CHECK(loads() == before + 1);
  advance(1ms);
  CHECK(loads() == before + 2);
  advance(10min);
  CHECK(loads() - before < 30);
  store->break_down(false);
  advance(30s);
  done = tell(id, complete{held.trial, held.attempt, test::loss(1)}, "c");
  CHECK(std::get<recorded>(test::must(done)).counted);
  CHECK(book(id)->observations().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "while the store takes nothing, what is in it can be looked at, and is read once for all") {
  auto id = create(simple_experiment());
  auto held = ask_for(id);
  std::vector<trial_state> seen;
  auto look = [&] {
    auto see = [&](const ledger& b) { seen.push_back(b.find(held.trial)->state); };
    return ask<result<inspected>>(home().gateway, show{id, see});
  };
  store->fail_next(test::sim_journal::call::commit);
  CHECK_FALSE(static_cast<bool>(tell(id, complete{held.trial, held.attempt, test::loss(1)}, "c")));
  const auto before = store->calls(test::sim_journal::call::load);
  auto first = look(), second = look();
  settle();
  auto third = look();
  settle();
  for (const auto& one : {first, second, third}) {
    REQUIRE(one->has_value());
    CHECK(static_cast<bool>(**one));
  }
  CHECK(seen == std::vector(3, trial_state::running));
  CHECK(store->calls(test::sim_journal::call::load) == before + 1);
  CHECK(book(id)->observations().empty());
  CHECK_FALSE(static_cast<bool>(tell(id, complete{held.trial, held.attempt, test::loss(1)}, "c")));
  // Once it works again, what is seen is its own.
  advance(500ms);
  test::must(tell(id, complete{held.trial, held.attempt, test::loss(1)}, "c"));
  CHECK(static_cast<bool>(**[&] {
    auto last = look();
    settle();
    return last;
  }()));
  CHECK(seen.back() == trial_state::completed);
}

TEST_CASE_FIXTURE(fixture, "who looks while the store can neither be written nor read is told so") {
  auto id = create(simple_experiment());
  store->break_down(true);
  CHECK_FALSE(static_cast<bool>(tell(id, vilfredo::pause{})));
  auto look = [&] { return ask<result<inspected>>(home().gateway, show{id, [](const ledger&) {}}); };
  auto asked = look();
  settle();
  REQUIRE(asked->has_value());
  CHECK((**asked).error().code == errc::unavailable);
  // Not only as long as it is asked for the first time.
  asked = look();
  settle();
  CHECK((**asked).error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(fixture, "after a failure of the store leases end and askers are served as before") {
  auto id = create(budget_of(1));
  auto held = ask_for(id, "w", 20s);
  store->fail_next(test::sim_journal::call::commit);
  CHECK_FALSE(static_cast<bool>(tell(id, vilfredo::pause{})));
  advance(500ms);
  auto asked = send(id, vilfredo::ask{"v", 60s, std::nullopt});
  advance(20s);
  REQUIRE(asked->has_value());
  CHECK(std::get<issued>(test::must(**asked)).attempt == 2);
}

TEST_CASE_FIXTURE(fixture, "readers see durable facts only") {
  auto id = create(simple_experiment());
  auto asked = send(id, vilfredo::ask{"w", 0s, std::nullopt});
  auto& experiment = inside(id);
  while (experiment.unsettled.empty()) REQUIRE(scheduler.try_run_once());
  // The trial is part of the experiment's own state; whoever reads now must not see it unless it is in the store.
  CHECK(experiment.engine->book().trials().size() == 1);
  CHECK(disk->books.at(id).size() == 1);
  auto seen = book(id);
  CHECK(seen->facts() == disk->books.at(id).size());
}

TEST_CASE_FIXTURE(fixture, "askers beyond the bound are refused as overloaded") {
  auto id = create(budget_of(1));
  ask_for(id);
  std::vector<promised<outcome>> waiting;
  for (std::size_t i = 0; i < engine::most_waiting; ++i)
    waiting.push_back(send(id, vilfredo::ask{"w", 10s, std::nullopt}));
  settle();
  CHECK(inside(id).engine->waiting() == engine::most_waiting);
  auto refused = tell(id, vilfredo::ask{"w", 10s, std::nullopt});
  CHECK(refused.error().code == errc::overloaded);
  advance(10s);
  CHECK(inside(id).engine->waiting() == 0);
  CHECK((**waiting.front()).error().code == errc::later);
}

TEST_CASE_FIXTURE(fixture, "a sampler that fails does not hold up askers") {
  options.optimizers.plan = [](const plan_job&) -> result<plan> { throw std::runtime_error("broken"); };
  stop(supervisor);
  settle();
  start();
  auto id = create(simple_experiment());
  for (int i = 0; i < 30; ++i) {
    auto got = ask_for(id);
    test::must(tell(id, complete{got.trial, got.attempt, test::loss(i)}));
  }
  auto asked = send(id, vilfredo::ask{"w", 5s, std::nullopt});
  settle();
  REQUIRE(asked->has_value());
  CHECK(std::get<issued>(test::must(**asked)).from == origin::fallback);
}
