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

namespace {

definition of_grid() {
  auto d = experiment({on_grid("x", {1, 2, 3, 4})}, {minimize("y")});
  d.type = experiment_type::grid;
  d.early_stopping = {{{"asha", {{"reduction_factor", 2.0}, {"max_steps", 2.0}, {"mode", std::string("promotion")}}}}};
  return d;
}

std::string board_fault(const definition& d) {
  auto made = stopping::board::make(d);
  return made ? std::string{} : made.error().message;
}

definition promoting(std::uint64_t budget = 100) {
  auto d = halving();
  d.observation_budget = budget;
  d.early_stopping = {{{"asha", {{"reduction_factor", 2.0}, {"max_steps", 4.0}, {"mode", std::string("promotion")}}}}};
  return d;
}

/// Reports, and gives back what is to pause. Whether it went on.
bool goes_on(engine_driver& e, const issued& x, double step, double y, std::optional<bool> checkpoint = true) {
  if (!tell(e, x, step, y).pause) return true;
  must(e.call(give_back{x.trial, x.attempt, return_cause::interrupted, "", checkpoint}));
  return false;
}

}  // namespace

TEST_CASE(
    "the report that makes a rule pause is answered with the pause, and the trial is resumed when its turn comes") {
  engine_driver e(promoting());
  auto a = e.ask_now(), b = e.ask_now();
  auto told = tell(e, a, 1, 0.5);
  CHECK(told.stop);
  CHECK(told.pause);
  CHECK_FALSE(told.over);
  CHECK(e.book().find(a.trial)->state == trial_state::paused);
  CHECK(goes_on(e, b, 1, 0.1));
  auto c = e.ask_now(), d = e.ask_now();
  CHECK_FALSE(goes_on(e, c, 1, 0.9));
  CHECK_FALSE(goes_on(e, d, 1, 0.8));
  // Two of four may go on, b and a; but a's program has not ended.
  CHECK(e.ask_now().attempt == 1);
  must(e.call(give_back{a.trial, 1, return_cause::interrupted, "", true}));
  auto again = e.ask_now();
  CHECK(again.trial == a.trial);
  CHECK(again.attempt == 2);
  const auto& fact = std::get<events::trial_issued>(e.facts().back().what);
  CHECK(fact.resumed_from == 1.0);
  CHECK_FALSE(fact.anew);
  // What it reported before is not judged once more.
  CHECK(goes_on(e, again, 1, 0.7));
  CHECK_FALSE(goes_on(e, again, 2, 0.5));
}

TEST_CASE("who left no checkpoint starts anew, and the fact says so") {
  engine_driver e(promoting());
  auto a = e.ask_now(), b = e.ask_now();
  CHECK_FALSE(goes_on(e, a, 1, 0.1, false));
  CHECK_FALSE(goes_on(e, b, 1, 0.5));
  CHECK(e.ask_now().trial == a.trial);
  CHECK(std::get<events::trial_issued>(e.facts().back().what).anew);
}

TEST_CASE("when nothing further can be started, those that still wait are stopped with what they reported") {
  engine_driver e(promoting(4));
  std::vector<issued> all;
  for (int i = 0; i < 4; ++i) all.push_back(e.ask_now());
  for (std::size_t i = 0; i < 4; ++i) goes_on(e, all[i], 1, 0.1 * static_cast<double>(i + 1));
  auto refused = e.call(ask{"w", std::chrono::seconds{0}, std::nullopt});
  auto first = std::get<issued>(must(refused)), second = e.ask_now();
  CHECK(first.trial == all[0].trial);
  CHECK(second.trial == all[1].trial);
  CHECK_FALSE(e.call(ask{"w", std::chrono::seconds{0}, std::nullopt}));
  CHECK(goes_on(e, first, 2, 0.1) == false);
  CHECK(goes_on(e, second, 2, 0.2) == false);
  first = e.ask_now();
  CHECK(first.trial == all[0].trial);
  CHECK(e.book().count(trial_state::paused) == 3);
  e.restart();
  e.finish(first, 0.05);
  CHECK(e.book().state() == experiment_state::finished);
  CHECK(e.book().count(trial_state::stopped) == 3);
  const auto& last = std::get<events::trial_stopped>(e.facts().back().what);
  CHECK(last.rule == "paused");
  CHECK(last.reason.starts_with("not resumed before the experiment's end (asha: "));
  CHECK(last.step == 1);
  CHECK(last.values == std::vector<double>{0.4});
  CHECK(e.replayed().dump() == e.book().dump());
}

TEST_CASE("an experiment that a rule ends stops those that wait, and one that is archived does not") {
  auto d = promoting();
  d.stop_when.failed = 1;
  engine_driver e(d);
  auto a = e.ask_now(), b = e.ask_now();
  CHECK_FALSE(goes_on(e, a, 1, 0.1));
  must(e.call(archive{}));
  CHECK(e.book().count(trial_state::paused) == 1);
  must(e.call(resume{}));
  must(e.call(fail{b.trial, 1, ""}));
  CHECK(e.book().state() == experiment_state::stopped);
  CHECK(e.book().count(trial_state::stopped) == 1);
}

TEST_CASE("a space that is used up ends only when nobody waits any more") {
  auto d = of_grid();
  engine_driver e(d);
  std::vector<issued> all;
  for (int i = 0; i < 4; ++i) all.push_back(e.ask_now());
  for (std::size_t i = 0; i < 4; ++i) goes_on(e, all[i], 1, 0.1 * static_cast<double>(i + 1));
  CHECK(e.book().state() == experiment_state::active);
  for (int i = 0; i < 2; ++i) e.finish(e.ask_now(), 0.1);
  CHECK(e.book().state() == experiment_state::stopped);
  CHECK(e.book().count(trial_state::completed) == 2);
  CHECK(e.book().count(trial_state::stopped) == 2);
}

TEST_CASE("after a restart and after deletions the same trials go on") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto d = promoting(60);
    if (seed % 2) {
      d.metrics.push_back(minimize("z"));
      d.early_stopping = {{{"mo_asha", {{"reduction_factor", 2.0}, {"mode", std::string("promotion")}}}}};
    }
    engine_driver lived(d), restarted(d);
    for (auto* e : {&lived, &restarted}) {
      random_source random(seed);
      std::vector<issued> running;
      for (int i = 0; i < 400 && e->book().state() == experiment_state::active; ++i) {
        if (running.size() < 4)
          if (auto got = e->call(ask{"w", std::chrono::seconds{0}, std::nullopt})) {
            running.push_back(std::get<issued>(*got));
            continue;
          }
        if (running.empty()) break;
        auto at = random.below(running.size());
        auto x = running[at];
        auto step = e->book().find(x.trial)->steps + 1;
        std::vector<measurement> said{{"y", random.uniform(), {}}};
        if (seed % 2) said.push_back({"z", random.uniform(), {}});
        auto told = std::get<advice>(must(e->call(report{x.trial, x.attempt, step, said})));
        if (told.pause) must(e->call(give_back{x.trial, x.attempt, return_cause::interrupted, "", true}));
        if (!told.stop && step >= 4) must(e->call(complete{x.trial, x.attempt, said}));
        if (told.stop || step >= 4) running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
        if (i == 150) e->call(delete_trial{{1 + random.below(5)}});
        if (e == &restarted && i % 25 == 0) e->restart();
      }
    }
    CHECK(lived.book().count(trial_state::completed) > 3);
    CHECK(lived.book().trials().size() == restarted.book().trials().size());
    for (const trial* t : lived.book().trials()) {
      const trial* other = restarted.book().find(t->id);
      REQUIRE(other);
      CHECK(other->state == t->state);
      CHECK(other->attempt == t->attempt);
    }
  }
}

TEST_CASE("only one rule may pause, and none in a group that must agree") {
  auto d = promoting();
  auto rule = d.early_stopping[0][0];
  d.early_stopping = {{rule}, {rule}};
  CHECK(board_fault(d).find("must be the only rule that pauses trials") != std::string::npos);
  d.early_stopping = {{rule, {"median", {}}}};
  CHECK(board_fault(d).find("no part of an \"all\"") != std::string::npos);
  d.early_stopping = {{rule}, {{"median", {}}}};
  CHECK(board_fault(d).empty());
  d.early_stopping = {{{"asha", {{"mode", std::string("promotoin")}}}}};
  CHECK(board_fault(d) == "early_stopping.mode: there is no mode \"promotoin\"; did you mean \"promotion\"?");
}

TEST_CASE("a rule that stops outweighs one that pauses") {
  auto d = promoting();
  d.early_stopping.push_back({{"threshold", {{"step", 1.0}, {"value", 0.7}}}});
  engine_driver e(d);
  auto a = e.ask_now(), b = e.ask_now();
  CHECK(tell(e, a, 1, 0.5).pause);
  auto told = tell(e, b, 1, 0.9);
  CHECK(told.stop);
  CHECK(told.over);
  CHECK(e.book().find(b.trial)->state == trial_state::stopped);
}

TEST_CASE("an experiment too small for any promotion still brings its best trial to the end") {
  engine_driver e(promoting(2));
  auto a = e.ask_now(), b = e.ask_now();
  CHECK_FALSE(goes_on(e, a, 1, 0.5));
  CHECK(goes_on(e, b, 1, 0.1));
  CHECK_FALSE(goes_on(e, b, 2, 0.1));
  auto again = e.ask_now();
  CHECK(again.trial == b.trial);
  CHECK(again.attempt == 2);
  e.finish(again, 0.1);
  CHECK(e.book().state() == experiment_state::finished);
  CHECK(e.book().count(trial_state::stopped) == 1);
}

TEST_CASE("a point of a space that is used up may wait as somebody's own trial") {
  engine_driver e(of_grid());
  std::vector<issued> all;
  for (int i = 0; i < 4; ++i) {
    if (i == 2) must(e.call(enqueue{{{"x", 4.0}}}));
    all.push_back(e.ask_now());
  }
  CHECK(all[2].from == origin::user);
  for (std::size_t i = 0; i < 4; ++i) CHECK_FALSE(goes_on(e, all[i], 1, 0.1 * static_cast<double>(i + 1)));
  for (int i = 0; i < 2; ++i) e.finish(e.ask_now(), 0.1);
  CHECK(e.book().count(trial_state::stopped) == 2);
  // The sampler's own suggestion of that point is free again.
  auto last = e.ask_now();
  CHECK(last.point == all[2].point);
  e.finish(last, 0.1);
  CHECK(e.book().state() == experiment_state::stopped);
}

TEST_CASE("while all trials are paused nobody waits for a plan, which only an observation would bring") {
  auto d = promoting(20);
  d.sampler.name = "tpe";
  d.early_stopping[0][0].options["reduction_factor"] = 1000.0;
  engine_driver e(d);
  auto x = e.ask_now();
  for (; x.from == origin::design; x = e.ask_now()) CHECK_FALSE(goes_on(e, x, 1, 0.5));
  CHECK(e.book().observations().empty());
  CHECK_FALSE(goes_on(e, x, 1, 0.5));
  CHECK(e.reply(e.send(ask{"w", std::chrono::seconds{30}, std::nullopt})));
}
