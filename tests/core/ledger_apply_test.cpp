#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {
/// The fact must be refused, and nothing may have changed.
void refuses(bookkeeper& k, events::event what, const std::string& why) {
  auto before = k.book().dump();
  auto applied = k.record(std::move(what));
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == errc::internal);
  CHECK(applied.error().message == "fact " + std::to_string(k.book().facts() + 1) + ": " + why);
  CHECK(k.book().dump() == before);
}
events::trial_issued issue_of(std::uint64_t trial, std::uint32_t attempt, std::optional<assignments> point) {
  events::trial_issued e;
  e.trial = {trial};
  e.attempt = attempt;
  e.point = std::move(point);
  return e;
}
}  // namespace

TEST_CASE("facts without their place in the sequence are refused") {
  bookkeeper k(simple_experiment());
  auto book = k.book();
  CHECK(book.apply({3, k.now, "", events::experiment_paused{}}).error().message == "fact 3: expected fact 2");
  CHECK(book.apply({1, k.now, "", events::experiment_paused{}}).error().message == "fact 1: expected fact 2");
  CHECK(book.apply({2, k.now, "", events::experiment_paused{}}));
}

TEST_CASE("facts that cannot follow are refused and change nothing") {
  bookkeeper k(simple_experiment());
  auto running = k.issue({0.1});
  auto ended = k.issue({0.2});
  k.send(complete{ended, 1, {{"y", 1, {}}}});
  refuses(k, events::experiment_created{}, "the experiment exists already");
  refuses(k, events::trial_queued{{7}, {{0.5}}}, "trial 7 is out of order");
  refuses(k, events::trial_queued{{3}, {{0.5, 0.5}}}, "trial 3 has foreign assignments");
  refuses(k, issue_of(3, 1, std::nullopt), "trial 3 is out of order");
  refuses(k, issue_of(4, 1, assignments{{0.5}}), "trial 4 is out of order");
  refuses(k, issue_of(3, 2, assignments{{0.5}}), "trial 3 is out of order");
  refuses(k, issue_of(3, 1, assignments{{0.5, 1}}), "trial 3 has foreign assignments");
  refuses(k, issue_of(1, 2, std::nullopt), "trial 1 cannot be handed out in state running");
  refuses(k, issue_of(2, 2, std::nullopt), "trial 2 cannot be handed out in state completed");
  refuses(k, events::lease_renewed{ended, 2, k.now}, "trial 2 has no lease to renew");
  refuses(k, events::progress_reported{ended, 1, 1, {0.5}}, "trial 2 cannot report");
  refuses(k, events::progress_reported{running, 1, 1, {0.5, 0.5}}, "trial 1 cannot report");
  refuses(k, events::trial_completed{ended, 1, {2}, {1}, {}, false}, "trial 2 cannot end");
  refuses(k, events::trial_completed{running, 2, {2}, {1}, {}, false}, "trial 1 cannot end");
  refuses(k, events::trial_completed{running, 1, {2}, {1, 2}, {}, false}, "trial 1 has foreign metrics");
  refuses(k, events::trial_completed{running, 1, {1}, {1}, {}, false}, "observation 1 is out of order");
  refuses(k, events::trial_failed{ended, 1, {2}, "x"}, "trial 2 cannot end");
  refuses(k, events::trial_returned{ended, 1, return_cause::machine, "", k.now}, "trial 2 cannot be given back");
  refuses(k, events::trial_cancelled{ended, ""}, "trial 2 cannot be cancelled");
  refuses(k, events::result_discarded{{9}, 1, {}}, "trial 9 does not exist");
  refuses(k, events::observation_edited{{9}, {1}, {}, ""}, "observation 9 cannot be edited");
  refuses(k, events::observation_edited{{1}, {}, {}, ""}, "observation 1 cannot be edited");
  refuses(k, events::observation_deleted{{9}}, "observation 9 does not exist");
  refuses(k, events::trial_deleted{running}, "trial 1 cannot be deleted");
  events::plan_made plan;
  plan.plan = 2;
  refuses(k, plan, "plan 2 is out of order");
  plan.plan = 1;
  plan.candidates = {{{1, 2}}};
  refuses(k, plan, "a plan has foreign assignments");
  events::observation_added odd;
  odd.observation.id = {2};
  refuses(k, odd, "observation 2 has foreign assignments or metrics");
}

TEST_CASE("a queued trial keeps its assignments and its origin when it is handed out") {
  bookkeeper k(simple_experiment());
  k.send(enqueue{{{"x", 0.25}}});
  k.now += 5s;
  REQUIRE(k.issue_again({1}, "w1", k.now + 60s));
  const trial& t = *k.book().find(trial_id{1});
  CHECK(t.point == assignments{{0.25}});
  CHECK(t.from == origin::user);
  CHECK(t.state == trial_state::running);
  CHECK(t.issued == k.now);
  CHECK(t.worker == "w1");
  CHECK(k.book().first_issued() == k.now);
}

TEST_CASE("a later attempt keeps the time of the first issue and gets a lease of its own") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1}, "w1", k.now + 1s);
  auto began = k.now;
  k.send(give_back{t, 1, return_cause::worker_lost, "gone"});
  k.now += 1min;
  REQUIRE(k.issue_again(t, "w2"));
  const trial& x = *k.book().find(t);
  CHECK(x.attempt == 2);
  CHECK(x.lease == 2);
  CHECK(x.losses == 1);
  CHECK(x.issued == began);
  CHECK(x.worker == "w2");
  CHECK(k.book().first_issued() == began);
}

TEST_CASE("plans are remembered by what they leave for the next") {
  bookkeeper k(simple_experiment());
  events::plan_made plan;
  plan.based_on = 0;
  plan.candidates = {{{0.1}}, {{0.2}}};
  plan.hint = "warm";
  REQUIRE(k.record(plan));
  CHECK(k.book().plans() == 1);
  CHECK(k.book().candidates_planned() == 2);
  CHECK(k.book().hint() == "warm");
  REQUIRE(k.record(events::plan_failed{4, "tpe", "broke"}));
  CHECK(k.book().last_planned() == 4);
  auto issued = issue_of(1, 1, assignments{{0.1}});
  issued.plan = 1;
  issued.sequence = 9;
  REQUIRE(k.record(issued));
  CHECK(k.book().sequence_used() == 9);
  CHECK(k.book().serving().stale([](const auto&) { return false; })->candidate == 1);
}

TEST_CASE("a moved threshold changes what samplers may learn, so the revision moves") {
  bookkeeper k(simple_experiment());
  k.send(complete{k.issue({0.1}), 1, {{"y", 5, {}}}});
  auto before = k.book().revision();
  edit_experiment name;
  name.name = "renamed";
  k.send(name);
  CHECK(k.book().revision() == before);
  edit_experiment threshold;
  threshold.thresholds["y"] = 4;
  k.send(threshold);
  CHECK(k.book().revision() == before + 1);
  CHECK(k.book().summary().ineligible() == 1);
  CHECK(k.book().summary().front().empty());
}
