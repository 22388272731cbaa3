#include "app/narration.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
/// What is told of the last fact, without the time of day.
std::string told(const bookkeeper& keeper) {
  auto line = app::narrate(keeper.facts().back(), keeper.book());
  if (!line) return "";
  line->erase(line->begin());
  return view::paint(*line, {});
}
nlohmann::ordered_json told_json(const bookkeeper& keeper) {
  return app::narrate_json(keeper.facts().back(), keeper.book()).value_or(nullptr);
}
}  // namespace

TEST_CASE("a trial's life is told a line an event") {
  bookkeeper keeper(experiment({real("x", 0, 1)}, {maximize("good"), minimize("slow")}));
  auto id = keeper.issue({0.25});
  CHECK(told(keeper) == "trial 1 started (design): x=0.25");
  CHECK(told_json(keeper)["assignments"].dump() == R"({"x":0.25})");
  keeper.send(report{id, 1, 2, {{"good", 0.5, {}}}});
  CHECK(told(keeper) == "trial 1 at step 2: good 0.5");
  CHECK(told_json(keeper)["event"] == "trial_reported");
  keeper.send(give_back{id, 1, return_cause::worker_lost, "gone"});
  CHECK(told(keeper) == "trial 1 will be tried again: gone");
  REQUIRE(keeper.issue_again(id));
  CHECK(told(keeper) == "trial 1 (attempt 2) started (design): x=0.25");
  keeper.send(complete{id, 2, {{"good", 0.75, {}}, {"slow", 3, {}}}});
  CHECK(told(keeper) == "trial 1 (attempt 2) completed: good 0.75, slow 3 (on the front)");
  CHECK(told_json(keeper)["metrics"].dump() == R"({"good":0.75,"slow":3.0})");
  CHECK(told_json(keeper)["front"] == true);
}

TEST_CASE("a pause is told with its reason, and so is how the trial goes on") {
  bookkeeper keeper(simple_experiment());
  auto id = keeper.issue({0.25});
  keeper.send(report{id, 1, 3, {{"y", 0.5, {}}}});
  REQUIRE(keeper.record(events::trial_paused{id, 1, 3, "asha", "others were better"}));
  CHECK(told(keeper) == "trial 1 paused at step 3: asha: others were better");
  CHECK(told_json(keeper)["event"] == "trial_paused");
  CHECK(told_json(keeper)["step"] == 3);
  keeper.send(give_back{id, 1, return_cause::interrupted, "", false});
  CHECK(told(keeper) == "");
  events::trial_issued again;
  again.trial = id;
  again.attempt = 2;
  again.resumed_from = 3;
  REQUIRE(keeper.record(again));
  CHECK(told(keeper) == "trial 1 (attempt 2) resumed from step 3");
  CHECK(told_json(keeper)["resumed_from"] == 3);
  CHECK(told_json(keeper)["anew"] == false);
  REQUIRE(keeper.record(events::trial_paused{id, 2, 3, "asha", "others were better"}));
  keeper.send(give_back{id, 2, return_cause::interrupted, "", false});
  again.attempt = 3;
  again.anew = true;
  REQUIRE(keeper.record(again));
  CHECK(told(keeper) == "trial 1 (attempt 3) resumed from step 3 (anew: it had left no checkpoint)");
}

TEST_CASE("failures give their reason, dominated trials are not on the front, inner facts are not told") {
  bookkeeper keeper(experiment({real("x", 0, 1)}, {maximize("good")}));
  keeper.send(complete{keeper.issue({0.1}), 1, {{"good", 2, {}}}});
  keeper.send(complete{keeper.issue({0.2}), 1, {{"good", 1, {}}}});
  CHECK(told(keeper) == "trial 2 completed: good 1");
  keeper.send(fail{keeper.issue({0.3}), 1, "diverged"});
  CHECK(told(keeper) == "trial 3 failed: diverged");
  CHECK(told_json(keeper)["reason"] == "diverged");
  keeper.send(enqueue{{{"x", 0.5}}});
  CHECK(told(keeper) == "");
}
