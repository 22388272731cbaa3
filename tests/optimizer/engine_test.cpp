#include "optimizer/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/random.hpp"
#include "tests/support/engine_questions.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

TEST_CASE("an experiment starts with its initial assignments, then the design, then plans") {
  auto d = tuned();
  d.initial = {{{"x", 0.25}, {"y", 0.75}}};
  engine_driver world(d);
  auto first = world.ask_now();
  CHECK(first.from == origin::user);
  CHECK(first.point.values == std::vector<double>{0.25, 0.75});
  must(world.finish(first, 1));
  std::size_t design = 0;
  issued x = world.ask_now();
  for (; x.from == origin::design; ++design, x = world.ask_now()) must(world.finish(x, x.point.values[0]));
  CHECK(design == 10);
  CHECK(x.from == origin::fresh);
}

TEST_CASE("a plan may give each candidate a task, and those it names wrongly are left out") {
  auto d = tuned(30);
  d.tasks = {{"all", 1}, {"part", 0.25}};
  engine_driver world(d);
  std::vector<std::optional<task_index>> pending;
  world.planner = [&](const plan_job& job) {
    pending = job.pending_tasks;
    plan out;
    for (double x : {0.1, 0.2, 0.3}) out.candidates.push_back({{x, 0.5}});
    out.tasks = {1, 2, 0};
    return result<plan>(std::move(out));
  };
  pass_the_design(world);
  auto cheap = world.ask_now();
  CHECK(cheap.point.values[0] == 0.1);
  CHECK(cheap.task == task_index{1});
  auto full = world.ask_now();
  CHECK(full.point.values[0] == 0.3);
  CHECK_FALSE(full.task);
  must(world.finish(full, 1));
  CHECK(pending == std::vector<std::optional<task_index>>{1});
  must(world.finish(cheap, 0));
  CHECK(world.book().observations()[world.book().observations().size() - 1].task == task_index{1});
  CHECK(world.book().dump() == world.replayed().dump());
}

TEST_CASE("an initial assignment outside the space is refused with its place") {
  auto d = tuned();
  d.initial = {{{"x", 0.25}, {"y", 1.75}}};
  auto made = engine::create(d, time_point{}, "");
  REQUIRE_FALSE(made);
  CHECK(made.error().message.find("initial[0]") != std::string::npos);
}

TEST_CASE(
    "where many trials run at once and many have ended a plan is made for a quarter as many observations, or when none "
    "is left of it") {
  constexpr std::uint32_t parallel = 32;
  engine_driver world(tuned(2000, parallel));
  std::vector<issued> running;
  for (std::uint32_t i = 0; i < parallel; ++i) running.push_back(world.ask_now());
  auto finish_next = [&] {
    must(world.finish(running.front(), 1));
    running.erase(running.begin());
  };
  auto plan_by_plan = [&](std::size_t observations) {
    while (world.book().observations().size() < observations) {
      const auto plans = world.book().plans();
      running.push_back(world.ask_now());
      finish_next();
      if (plans > 0) CHECK(world.book().plans() == plans + 1);
    }
  };
  plan_by_plan(199);  // a hundredth of these is one
  while (world.book().observations().size() < 850 || world.book().last_planned() < world.book().revision()) {
    running.push_back(world.ask_now());
    finish_next();
  }
  const auto seen = world.book().revision();
  for (int i = 1; i <= 20; ++i) {
    running.push_back(world.ask_now());
    CHECK(running.back().from == origin::fresh);
    finish_next();
    CHECK(world.book().last_planned() == seen + static_cast<std::uint64_t>(i / 8 * 8));
  }
  SUBCASE("fewer run") {
    const auto before = world.book().plans();
    while (running.size() > 8) finish_next();
    const auto plans = world.book().plans();
    CHECK(plans > before);
    finish_next();
    finish_next();
    CHECK(world.book().plans() == plans + 2);
  }
  SUBCASE("more ask than the plans have candidates") {
    finish_next();
    CHECK(world.book().last_planned() < world.book().revision());
    for (int i = 0; i < 200 && world.book().last_planned() < world.book().revision(); ++i)
      CHECK(world.ask_now().from == origin::fresh);
    CHECK(world.book().last_planned() == world.book().revision());
    CHECK(world.ask_now().from == origin::fresh);
  }
}

TEST_CASE("a lease that runs out returns the trial, and the next asker gets its next attempt") {
  engine_driver world(tuned());
  auto x = granted(world.reply(world.send(patient(0ms, 30s))));
  CHECK(x.lease_until == world.now + 30s);
  world.advance(29s);
  CHECK(world.book().find(x.trial)->state == trial_state::running);
  world.advance(2s);
  CHECK(world.book().find(x.trial)->state == trial_state::returned);
  auto again = world.ask_now("other");
  CHECK(again.trial == x.trial);
  CHECK(again.attempt == 2);
  CHECK(again.point == x.point);
  CHECK(again.seed == x.seed);
}

TEST_CASE("a heartbeat moves the end of a lease") {
  engine_driver world(tuned());
  auto x = granted(world.reply(world.send(patient(0ms, 30s))));
  world.advance(20s);
  must(world.call(heartbeat{x.trial, 1, 30s}));
  world.advance(20s);
  CHECK(world.book().find(x.trial)->state == trial_state::running);
  world.advance(15s);
  CHECK(world.book().find(x.trial)->state == trial_state::returned);
}

TEST_CASE("a crashed trial is tried again after a while, an asker waiting for it until then") {
  auto d = tuned(1);
  d.run = run_definition{};
  d.run->command = {"/bin/true"};
  d.run->retries = 2;
  engine_driver world(d);
  auto x = world.ask_now();
  must(world.call(give_back{x.trial, 1, return_cause::machine, "signal 9"}));
  auto waiting = world.send(patient(1h));
  CHECK_FALSE(world.reply(waiting));
  world.advance(999ms);
  CHECK_FALSE(world.reply(waiting));
  world.advance(2ms);
  CHECK(granted(world.reply(waiting)).attempt == 2);
  must(world.call(give_back{x.trial, 2, return_cause::machine, "signal 9"}));
  auto later = world.send(patient(1h));
  world.advance(1900ms);  // twice as long as before
  CHECK_FALSE(world.reply(later));
  world.advance(200ms);
  CHECK(granted(world.reply(later)).attempt == 3);
  must(world.call(give_back{x.trial, 3, return_cause::machine, "signal 9"}));
  CHECK(world.book().find(x.trial)->state == trial_state::failed);
  CHECK(world.book().state() == experiment_state::finished);
}

TEST_CASE("a failing sampler does not hold up askers and is not asked again until something new is known") {
  engine_driver world(tuned());
  world.planner = [](const plan_job&) -> result<plan> { return error{errc::internal, "no"}; };
  for (int i = 0; i < 10; ++i) must(world.finish(world.ask_now(), 1));
  auto asked_for = world.plans_asked_for();
  CHECK(asked_for > 0);
  CHECK(asked_for <= 10);
  auto x = granted(world.reply(world.send(patient(1h))));
  CHECK(x.from == origin::fallback);
  CHECK(world.plans_asked_for() == asked_for);
  must(world.finish(x, 1));
  CHECK(world.plans_asked_for() == asked_for + 1);
  world.planner = nullptr;
  must(world.finish(world.ask_now(), 1));
  CHECK(world.ask_now().from == origin::fresh);
}

TEST_CASE("askers who wait when a plan fails are served without it") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  std::vector<ticket> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(world.send(patient(1h)));
  world.planner = [](const plan_job&) -> result<plan> { return error{errc::internal, "no"}; };
  world.compute_plan();
  for (auto t : waiting) CHECK(granted(world.reply(t)).from != origin::fresh);
}

TEST_CASE("a plan's unusable candidates are left out, and a plan without any is a failure") {
  engine_driver world(tuned());
  world.planner = [](const plan_job&) -> result<plan> {
    return plan{{{{0.5, 2.0}}, {{0.5}}, {{0.25, 0.5}}}, "", "", false};
  };
  pass_the_design(world);
  CHECK(world.ask_now().point.values == std::vector<double>{0.25, 0.5});
  world.planner = [](const plan_job&) -> result<plan> { return plan{{{{0.5, 2.0}}}, "", "", false}; };
  auto x = world.ask_now();
  auto plans = world.book().plans();
  must(world.finish(x, 1));
  CHECK(world.book().plans() == plans);
  CHECK(std::holds_alternative<events::plan_failed>(world.facts().back().what));
}

TEST_CASE("after a restart open leases get grace, and a worker that lives on keeps its trial") {
  engine_driver world(tuned());
  auto dead = granted(world.reply(world.send(patient(0ms, 5s))));
  auto alive = granted(world.reply(world.send(patient(0ms, 5s))));
  world.now += 1h;  // the process was away
  world.restart(10s);
  world.advance(9s);
  CHECK(world.book().find(dead.trial)->state == trial_state::running);
  must(world.call(heartbeat{alive.trial, 1, 30s}));
  world.advance(2s);
  CHECK(world.book().find(dead.trial)->state == trial_state::returned);
  CHECK(world.book().find(alive.trial)->state == trial_state::running);
}

TEST_CASE("after a restart a trial that waits for its retry is handed out when its time comes") {
  auto d = tuned(1);
  d.run = run_definition{};
  d.run->command = {"/bin/true"};
  d.run->retries = 1;
  engine_driver world(d);
  auto x = world.ask_now();
  must(world.call(give_back{x.trial, 1, return_cause::machine, "signal 9"}));
  world.restart();
  auto waiting = world.send(patient(1h));
  CHECK_FALSE(world.reply(waiting));
  world.advance(1100ms);
  CHECK(granted(world.reply(waiting)).attempt == 2);
}

TEST_CASE("a plan that was out when the process ended is asked for again, and a late one is ignored") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto lost = world.job();
  REQUIRE(lost);
  world.restart();
  REQUIRE(world.job());
  CHECK(world.job()->seed == lost->seed);
  CHECK(world.job()->based_on == lost->based_on);
  auto copy = must(engine::load(world.replayed()));
  CHECK(copy.planned(plan{{{{0.5, 0.5}}}, "", "", false}, world.now).facts.empty());
}

TEST_CASE("replay gives the same state and the same future, with or without a restart") {
  auto run = [](bool restarts) {
    auto d = tuned(60, 4);
    engine_driver world(d);
    random_source random(5);
    std::vector<issued> running;
    std::string trace;
    for (int i = 0; i < 200; ++i) {
      world.advance(100ms);
      if (random.uniform() < 0.5 && running.size() < 4) {
        auto got = world.reply(world.send(patient(0ms, 1h), "r" + std::to_string(i)));
        if (got && *got) {
          running.push_back(granted(got));
          for (double v : running.back().point.values) trace += std::to_string(v) + " ";
        }
      } else if (!running.empty()) {
        auto k = random.below(running.size());
        auto x = running[k];
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(k));
        if (random.uniform() < 0.1)
          must(world.call(fail{x.trial, x.attempt, "bad"}));
        else
          must(world.finish(x, x.point.values[0] + x.point.values[1]));
      }
      CHECK(world.replayed().dump() == world.book().dump());
      if (restarts && i % 7 == 0) world.restart();
    }
    CHECK(world.book().summary().failed() > 0);
    CHECK(world.book().plans() > 10);
    return trace + world.book().dump();
  };
  auto whole = run(false);
  CHECK(whole == run(true));
  CHECK(whole == run(false));
}

TEST_CASE("a clock that was set back does not disorder the facts") {
  engine_driver world(tuned());
  world.ask_now();
  auto before = world.facts().back().at;
  world.now -= 1h;
  world.ask_now();
  CHECK(world.facts().back().at >= before);
}
