#include "app/worker_narration.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace vilfredo::app;

namespace {

const bookkeeper& kept() {
  static const bookkeeper keeper(experiment({real("x", 0, 1)}, {maximize("good"), minimize("slow")}));
  return keeper;
}
std::string people(const command& what, const outcome& how) {
  auto line = narrate(what, how, kept().book());
  return line ? view::paint(*line, {}) : "";
}
std::string programs(const command& what, const outcome& how) {
  auto event = narrate_json(what, how, kept().book());
  return event ? event->dump() : "";
}

const std::vector<measurement> values{{"good", 0.5, {}}, {"slow", 2, {}}};

}  // namespace

TEST_CASE("an attempt's life is told from its start to its end") {
  const outcome started = answer{issued{{7}, 1, assignments{{0.25}}, origin::fresh}};
  CHECK(people(ask{"w", {}, {}}, started) == "trial 7 started (fresh): x=0.25");
  CHECK(programs(ask{"w", {}, {}}, started) ==
        R"({"event":"trial_started","trial":7,"attempt":1,"origin":"fresh","assignments":{"x":0.25}})");
  const outcome noted = answer{advice{}};
  CHECK(people(report{{7}, 1, 3, values}, noted) == "trial 7 at step 3: good 0.5, slow 2");
  const outcome ended = answer{recorded{{7}, {4}}};
  CHECK(people(complete{{7}, 1, values}, ended) == "trial 7 completed: good 0.5, slow 2");
  CHECK(programs(complete{{7}, 1, values}, ended) ==
        R"({"event":"trial_completed","trial":7,"attempt":1,"metrics":{"good":0.5,"slow":2.0},"counted":true})");
  CHECK(people(fail{{7}, 2, "diverged"}, ended) == "trial 7 (attempt 2) failed: diverged");
  const outcome again = answer{given_back{{7}, true}};
  CHECK(people(give_back{{7}, 1, return_cause::machine, "exit code 1"}, again) ==
        "trial 7 was given back: exit code 1");
}

TEST_CASE("a stop says why, for people and programs") {
  const outcome stop = answer{advice{true, "median: below the others", false, false}};
  CHECK(people(report{{7}, 1, 3, values}, stop) == "trial 7 is to stop at step 3: median: below the others");
  auto told = programs(report{{7}, 1, 3, values}, stop);
  CHECK(told.find(R"("stop":true,"reason":"median: below the others")") != std::string::npos);
}

TEST_CASE("what only matters inside, and what was refused, is not told") {
  const outcome noted = answer{advice{}};
  CHECK(people(heartbeat{{7}, 1, duration{1}}, noted).empty());
  CHECK(programs(heartbeat{{7}, 1, duration{1}}, noted).empty());
  const outcome refused = error{errc::exhausted, "the budget is spent"};
  CHECK(people(ask{"w", {}, {}}, refused).empty());
  CHECK(programs(complete{{7}, 1, values}, refused).empty());
}
