#include "optimizer/stopping/board.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

definition halving() {
  auto d = simple_experiment();
  d.sampler.name = "uniform";
  d.early_stopping = {{{"asha", {{"reduction_factor", 2.0}}}}};
  return d;
}

advice tell(engine_driver& e, const issued& x, double step, double y, std::string request_id = {}) {
  return std::get<advice>(must(e.call(report{x.trial, x.attempt, step, {{"y", y, {}}}}, std::move(request_id))));
}

}  // namespace

TEST_CASE("the report that makes a rule judge is answered with the stop, and the trial has ended with it") {
  engine_driver e(halving());
  auto good = e.ask_now(), bad = e.ask_now();
  CHECK_FALSE(tell(e, good, 1, 0.1).stop);
  auto told = tell(e, bad, 1, 0.9, "r");
  CHECK(told.stop);
  CHECK(told.reason == "asha: 1 of the 2 trials that reached step 1 were better there; the best 1 go on");
  CHECK(e.book().find(bad.trial)->state == trial_state::stopped);
  CHECK(e.book().find(good.trial)->state == trial_state::running);
  const auto& last = std::get<events::trial_stopped>(e.facts().back().what);
  CHECK(last.rule == "asha");
  CHECK(last.step == 1);
  // Asked again, it is told again, and nothing further happens.
  auto facts = e.facts().size();
  CHECK(tell(e, bad, 1, 0.9, "r").stop);
  CHECK(e.facts().size() == facts);
}

TEST_CASE("a decision is a fact: replay gives the same state and judges nobody") {
  engine_driver e(halving());
  random_source random(5);
  std::vector<issued> running;
  for (int i = 0; i < 300; ++i) {
    if (running.size() < 4) running.push_back(e.ask_now());
    auto at = random.below(running.size());
    auto& x = running[at];
    auto steps = e.book().find(x.trial)->reports.size();
    bool over = tell(e, x, static_cast<double>(steps + 1), random.uniform()).stop;
    if (!over && steps == 7) {
      e.finish(x, random.uniform());
      over = true;
    }
    if (over) running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
    if (i % 60 == 0) {
      // A restart in between changes nothing.
      e.restart();
    }
  }
  CHECK(e.book().count(trial_state::stopped) > 20);
  CHECK(e.book().count(trial_state::completed) > 2);
  CHECK(e.replayed().dump() == e.book().dump());
}

TEST_CASE("after a restart the rules judge as if there had been none") {
  engine_driver lived(halving()), restarted(halving());
  for (auto* e : {&lived, &restarted}) {
    for (double y : {0.3, 0.2, 0.5}) tell(*e, e->ask_now(), 1, y);
    auto ended = e->ask_now();
    tell(*e, ended, 1, 0.1);
    e->finish(ended, 0.1);
  }
  restarted.restart();
  for (double y : {0.15, 0.25, 0.05, 0.4}) {
    auto a = lived.ask_now(), b = restarted.ask_now();
    auto here = tell(lived, a, 1, y), there = tell(restarted, b, 1, y);
    CHECK(here.stop == there.stop);
    CHECK(here.reason == there.reason);
  }
}

TEST_CASE("the rules of a group must all agree, and any group is enough") {
  auto d = halving();
  component strict{"asha", {{"reduction_factor", 2.0}}};
  component late{"asha", {{"reduction_factor", 2.0}, {"min_steps", 3.0}}};
  SUBCASE("all of a group") {
    d.early_stopping = {{strict, late}};
    engine_driver e(d);
    auto a = e.ask_now(), b = e.ask_now();
    tell(e, a, 1, 0.1);
    CHECK_FALSE(tell(e, b, 1, 0.9).stop);  // a rung of one of them
    tell(e, a, 3, 0.1);
    CHECK(tell(e, b, 3, 0.9).stop);  // past a rung of both
  }
  SUBCASE("any group") {
    d.early_stopping = {{late}, {strict}};
    engine_driver e(d);
    auto a = e.ask_now(), b = e.ask_now();
    tell(e, a, 1, 0.1);
    CHECK(tell(e, b, 1, 0.9).stop);
  }
}

TEST_CASE("a copy of an engine goes its own way") {
  engine_driver e(halving());
  tell(e, e.ask_now(), 1, 0.1);
  auto x = e.ask_now();
  engine copy = e.inside();
  auto step = copy.handle({{}, report{x.trial, 1, 1, {{"y", 0.9, {}}}}}, 99, e.now);
  CHECK(std::get<advice>(*step.replies[0].what).stop);
  CHECK(e.book().find(x.trial)->state == trial_state::running);
  CHECK_FALSE(tell(e, x, 1, 0.05).stop);
}

TEST_CASE("deleted trials are forgotten, and what happens before the next report is not") {
  engine_driver e(halving());
  auto a = e.ask_now(), b = e.ask_now();
  tell(e, b, 1, 0.2);
  tell(e, a, 1, 0.1);
  e.finish(a, 0.1);
  must(e.call(delete_trial{a.trial}));
  e.finish(b, 0.2);
  auto c = e.ask_now();
  CHECK_FALSE(tell(e, c, 1, 0.15).stop);     // the better one of b and c; a was better than both
  CHECK(tell(e, e.ask_now(), 1, 0.9).stop);  // b and c are known
  e.restart();
  CHECK(tell(e, e.ask_now(), 1, 0.9).stop);
}
