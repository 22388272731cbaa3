#include <cmath>

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

std::vector<measurement> y(double value) { return {{"y", value, {}}}; }
observe of(trial_id x, double value) { return {x, {}, y(value), ""}; }
observe at(double x, double value) { return {std::nullopt, {{"x", x}}, y(value), ""}; }
metadata noted(const std::string& key, double value) {
  return std::make_shared<const metadata_map>(metadata_map{{key, value}});
}
std::string refusal(const outcome& o) {
  REQUIRE_FALSE(o);
  return o.error().message;
}

}  // namespace

TEST_CASE("an observation ends the trial that it is of, and further ones stand beside it") {
  bookkeeper k(simple_experiment());
  auto good = k.issue({0.1}), bad = k.issue({0.2});
  auto first = answer_of<recorded>(k.send(of(good, 1), "r"));
  CHECK(first.trial == good);
  CHECK(k.book().find(good)->state == trial_state::completed);
  CHECK(k.book().find(good)->observed == first.observation);
  CHECK(answer_of<recorded>(k.send(of(good, 1), "r")).observation == first.observation);
  auto again = answer_of<recorded>(k.send(of(good, 0.5)));
  CHECK(k.book().find(again.observation)->point == assignments{{0.1}});
  CHECK(k.book().observations().size() == 2);

  auto failed = observe{bad, {}, {}, "out of memory"};
  failed.metadata = noted("host", 7);
  auto third = answer_of<recorded>(k.send(failed));
  CHECK(k.book().find(bad)->state == trial_state::failed);
  CHECK(*k.book().find(third.observation)->metadata == metadata_map{{"host", 7.0}});

  CHECK(refusal(k.send(of({9}, 1))) == "there is no trial 9");
  auto queued = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}})).trial;
  CHECK(refusal(k.send(of(queued, 1))) == "trial 3 has not been handed out yet");
}

TEST_CASE("a trial that was given back is ended, too, late") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(give_back{t, 1, return_cause::lease_expired, ""});
  CHECK(answer_of<recorded>(k.send(of(t, 1))).late);
  CHECK(k.book().find(t)->state == trial_state::completed);
}

TEST_CASE("many observations are taken all or none, and a repeated request gives the same answer") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  auto refused = k.send(observe_many{{of(t, 1), at(0.2, 2), at(0.3, NAN)}}, "r");
  CHECK(refusal(refused) == "observation 3/3: metric \"y\" is not a finite number; report a failure instead");
  CHECK(k.book().observations().empty());
  observe_many all{{of(t, 1), at(0.2, 2), of(t, 3)}};
  auto made = answer_of<recorded_many>(k.send(all, "s"));
  REQUIRE(made.items.size() == 3);
  CHECK(made.items[0].trial == t);
  CHECK(made.items[0].observation == observation_id{1});
  CHECK(made.items[2].observation == observation_id{3});
  CHECK(k.book().find(t)->observed == observation_id{1});
  CHECK(k.book().summary().observations() == 3);
  auto facts = k.book().facts();
  auto again = answer_of<recorded_many>(k.send(all, "s"));
  REQUIRE(again.items.size() == 3);
  CHECK(again.items[2].observation == observation_id{3});
  CHECK(again.items[2].trial == t);
  CHECK(again.items[1].trial == trial_id{});
  CHECK(k.book().facts() == facts);
  CHECK(answer_of<recorded_many>(k.send(observe_many{})).items.empty());
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("a batch must fit into the budget as a whole") {
  auto d = simple_experiment();
  d.observation_budget = 3;
  bookkeeper k(d);
  auto t = k.issue({0.1});
  CHECK(k.send(observe_many{{at(0.2, 1), at(0.3, 1), at(0.4, 1)}}).error().code == errc::exhausted);
  CHECK(k.send(observe_many{{at(0.2, 1), of(t, 1), at(0.4, 1)}}));
  CHECK(k.book().state() == experiment_state::finished);
}

TEST_CASE("a budget that is not strict is what samplers plan for, and no limit") {
  auto d = simple_experiment();
  d.observation_budget = 1;
  d.strict_budget = false;
  bookkeeper k(d);
  auto t = k.issue({0.1});
  CHECK(k.book().budget_left());
  k.send(of(t, 1));
  CHECK(k.send(at(0.2, 1)));
  CHECK(k.book().budget_left());
  CHECK(k.book().state() == experiment_state::active);
}

TEST_CASE("what was deleted no longer counts, and can still be looked at") {
  bookkeeper k(simple_experiment());
  auto seen = answer_of<recorded>(k.send(at(0.2, 1))).observation;
  k.send(delete_observation{seen});
  CHECK(k.book().observations().empty());
  REQUIRE(k.book().deleted_observations().size() == 1);
  CHECK(k.book().deleted_observations()[0].id == seen);
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("users keep notes with trials, observations and experiments") {
  bookkeeper k(simple_experiment());
  auto q = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}, {}, noted("batch", 1)})).trial;
  CHECK(*k.book().find(q)->metadata == metadata_map{{"batch", 1.0}});
  k.send(annotate{q, noted("batch", 2), {}});
  CHECK(*k.book().find(q)->metadata == metadata_map{{"batch", 2.0}});
  k.send(annotate{q, {}, true});
  CHECK(k.book().find(q)->hidden);
  CHECK(k.book().find(q)->metadata);
  k.send(annotate{q, metadata{}, false});
  CHECK_FALSE(k.book().find(q)->metadata);
  CHECK_FALSE(k.book().find(q)->hidden);
  CHECK(refusal(k.send(annotate{{9}, {}, true})) == "there is no trial 9");

  auto own = at(0.2, 1);
  own.metadata = noted("a", 1);
  auto seen = answer_of<recorded>(k.send(own)).observation;
  k.send(edit_observation{seen, y(2), ""});
  CHECK(*k.book().find(seen)->metadata == metadata_map{{"a", 1.0}});
  k.send(edit_observation{seen, y(2), "", metadata{}});
  CHECK_FALSE(k.book().find(seen)->metadata);

  edit_experiment moved;
  moved.labels = {{"project", "credit"}, {"nothing", std::nullopt}};
  k.send(moved);
  CHECK(k.book().definition().labels == label_map{{"project", "credit"}});
  moved.labels = {{"project", std::nullopt}};
  k.send(moved);
  CHECK(k.book().definition().labels.empty());
  CHECK(k.replayed().dump() == k.book().dump());
}
