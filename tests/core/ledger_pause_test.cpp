#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {

std::vector<measurement> y(double value) { return {{"y", value, {}}}; }
std::string refusal(const outcome& o) {
  REQUIRE_FALSE(o);
  return o.error().message;
}
/// A trial that a rule has paused at step 3 in its first attempt.
trial_id pause_one(bookkeeper& k, double x = 0.1, time_point until = forever) {
  auto t = k.issue({x}, "w", until);
  k.send(report{t, 1, 3, y(1)});
  REQUIRE(k.record(events::trial_paused{t, 1, 3, "asha", "others were better"}));
  return t;
}
}  // namespace

TEST_CASE("a paused trial keeps its place in the budget, takes no reports, and tells its attempt to stop") {
  bookkeeper k(simple_experiment());
  auto t = pause_one(k);
  const trial& paused = *k.book().find(t);
  CHECK(paused.state == trial_state::paused);
  CHECK(paused.open());
  CHECK(paused.reason == "asha: others were better");
  CHECK(k.book().committed() == 1);
  CHECK(k.book().pending({{0.1}}));
  CHECK(k.book().observations().empty());
  auto facts = k.book().facts();
  auto told = answer_of<advice>(k.send(report{t, 1, 4, y(0)}));
  CHECK(told.stop);
  CHECK(told.pause);
  CHECK_FALSE(told.over);
  CHECK(told.reason == "asha: others were better");
  CHECK(k.book().facts() == facts);
  CHECK(refusal(k.send(delete_trial{t})) == "trial 1 has not ended; cancel it before deleting it");
}

TEST_CASE("a pause adds to what samplers may learn from, so the revision moves") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1}, "w", forever);
  k.send(report{t, 1, 3, y(1)});
  const auto before = k.book().revision();
  REQUIRE(k.record(events::trial_paused{t, 1, 3, "asha", "others were better"}));
  CHECK(k.book().revision() == before + 1);
}

TEST_CASE("a paused trial is issued again once its attempt has ended, and not before") {
  bookkeeper k(simple_experiment());
  auto t = pause_one(k);
  CHECK_FALSE(k.issue_again(t));
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::interrupted, "", true}, "back")).again);
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::interrupted, "", true}, "back")).again);
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::interrupted, "", false})).again);
  CHECK(k.book().find(t)->checkpoint == true);
  REQUIRE(k.issue_again(t));
  CHECK(k.book().find(t)->state == trial_state::running);
  CHECK(k.book().find(t)->attempt == 2);
  CHECK(k.book().find(t)->reports.size() == 1);
  // What the first attempt says now is not wanted.
  auto told = answer_of<advice>(k.send(report{t, 1, 5, y(0)}));
  CHECK(told.over);
  CHECK_FALSE(told.pause);
  CHECK(k.send(complete{t, 2, y(2)}));
  CHECK(k.book().find(t)->state == trial_state::completed);
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("while a paused trial's program ends, its lease holds; then it ends, and nobody knows of a checkpoint") {
  bookkeeper k(simple_experiment());
  auto t = pause_one(k, 0.1, k.now + 10s);
  k.now += 8s;
  auto told = answer_of<advice>(k.send(heartbeat{t, 1, 10s}));
  CHECK(told.pause);
  CHECK(k.book().find(t)->lease_until == k.now + 10s);
  SUBCASE("by a lease that runs out") { k.send(give_back{t, 1, return_cause::lease_expired, ""}); }
  SUBCASE("by its worker's end") { k.send(release_worker{"w", ""}, "r"); }
  CHECK(k.book().find(t)->attempt_over);
  CHECK_FALSE(k.book().find(t)->checkpoint);
  CHECK(k.book().find(t)->losses == 0);
  k.send(heartbeat{t, 1, 60s});
  CHECK(k.book().find(t)->lease_until == k.now + 10s);
  CHECK_FALSE(k.record(events::attempt_ended{t, 1, true}));
}

TEST_CASE("a paused trial may end as any other: it had come to its end, does not work, or is cancelled") {
  bookkeeper k(simple_experiment());
  auto a = pause_one(k, 0.1), b = pause_one(k, 0.2), c = pause_one(k, 0.3), d = pause_one(k, 0.4);
  CHECK_FALSE(answer_of<recorded>(k.send(complete{a, 1, y(1)})).late);
  CHECK(k.send(fail{b, 1, "diverged"}));
  CHECK(k.send(cancel{c, ""}));
  REQUIRE(k.record(events::trial_stopped{d, 1, k.book().next_observation(), 3, {1}, "paused", "not resumed"}));
  CHECK(k.book().count(trial_state::paused) == 0);
  CHECK(k.book().find(a)->state == trial_state::completed);
  CHECK(k.book().find(b)->state == trial_state::failed);
  CHECK(k.book().find(c)->state == trial_state::cancelled);
  CHECK(k.book().find(d)->state == trial_state::stopped);
  for (double x : {0.1, 0.2, 0.3, 0.4}) CHECK_FALSE(k.book().pending({{x}}));
  CHECK(answer_of<given_back>(k.send(give_back{d, 1, return_cause::interrupted, "", true})).again == false);
}

TEST_CASE("a report sent again after the pause is answered with the pause") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(report{t, 1, 3, y(1)}, "r");
  REQUIRE(k.record(events::trial_paused{t, 1, 3, "asha", "others were better"}));
  CHECK(answer_of<advice>(k.send(report{t, 1, 3, y(1)}, "r")).pause);
}
