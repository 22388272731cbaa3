#include <doctest/doctest.h>

#include <set>

#include "tests/support/engine_questions.hpp"

// How experiments end, rest and go on: pauses, stop rules, grids that are used up.

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

TEST_CASE("a paused experiment refuses, also those who wait, and goes on when resumed") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  auto running = world.ask_now();
  must(world.finish(running, 0.5));
  auto waiting = world.send(patient(1h));
  must(world.call(vilfredo::pause{}));
  CHECK(refusal(world.reply(waiting)) == errc::paused);
  CHECK(refusal(world.reply(world.send(patient(1h)))) == errc::paused);
  must(world.call(resume{}));
  auto again = world.send(patient(1h));
  world.compute_plan();
  CHECK(granted(world.reply(again)).from == origin::fresh);
}

TEST_CASE("results are taken while paused, but nothing is planned until it goes on") {
  engine_driver world(tuned());
  pass_the_design(world);
  auto x = world.ask_now();
  must(world.call(vilfredo::pause{}));
  auto jobs = world.plans_asked_for();
  must(world.finish(x, 0.1));
  CHECK(world.plans_asked_for() == jobs);
  must(world.call(resume{}));
  CHECK(world.plans_asked_for() == jobs + 1);
}

TEST_CASE("the clock's rule ends an experiment so many seconds after its first trial") {
  auto d = tuned();
  d.stop_when.seconds = 60;
  engine_driver world(d);
  world.advance(1h);  // nobody has asked yet
  CHECK(world.book().state() == experiment_state::active);
  auto x = world.ask_now();
  world.advance(59s);
  CHECK(world.book().state() == experiment_state::active);
  world.advance(2s);
  CHECK(world.book().state() == experiment_state::stopped);
  CHECK(world.book().stop_reason() == "60 seconds have passed");
  CHECK(refusal(world.reply(world.send(patient(1h)))) == errc::exhausted);
  must(world.finish(x, 1));  // what runs may still report
}

TEST_CASE("the clock's rule refuses those who wait, and holds again after a restart or a resume") {
  auto d = tuned(1);
  d.stop_when.seconds = 60;
  engine_driver world(d);
  world.ask_now();
  auto waiting = world.send(patient(1h));
  world.advance(30s);
  CHECK_FALSE(world.reply(waiting));
  world.advance(31s);
  CHECK(refusal(world.reply(waiting)) == errc::exhausted);
  CHECK(refusal(world.call(resume{})) == errc::conflict);
  must(world.call(archive{}));
  must(world.call(resume{}));
  world.advance(1ms);
  CHECK(world.book().state() == experiment_state::stopped);

  engine_driver other(d);
  other.ask_now();
  other.advance(30s);
  other.restart();
  other.advance(29s);
  CHECK(other.book().state() == experiment_state::active);
  other.advance(2s);
  CHECK(other.book().state() == experiment_state::stopped);
}

TEST_CASE("an edit can give the clock more time") {
  auto d = tuned();
  d.stop_when.seconds = 60;
  engine_driver world(d);
  world.ask_now();
  edit_experiment edit;
  edit.stop_when = stop_rules{};
  edit.stop_when->seconds = 120;
  must(world.call(edit));
  world.advance(100s);
  CHECK(world.book().state() == experiment_state::active);
  world.advance(21s);
  CHECK(world.book().state() == experiment_state::stopped);
}

TEST_CASE("a rule by failures ends an experiment as they come in") {
  auto d = tuned();
  d.stop_when.failed = 2;
  engine_driver world(d);
  must(world.call(fail{world.ask_now().trial, 1, "diverged"}));
  CHECK(world.book().state() == experiment_state::active);
  must(world.call(fail{world.ask_now().trial, 1, "diverged"}));
  CHECK(world.book().state() == experiment_state::stopped);
}

TEST_CASE("a grid hands out each of its points once and ends") {
  engine_driver world(of_type(experiment_type::grid, {integer("n", 1, 3), categorical("c", {"a", "b"})}));
  std::set<std::vector<double>> seen;
  for (int i = 0; i < 6; ++i) {
    auto x = world.ask_now();
    CHECK(x.from == origin::fresh);
    CHECK(seen.insert(x.point.values).second);
    if (i == 5) CHECK(refusal(world.reply(world.send(patient(0ms)))) == errc::later);
    must(world.finish(x, 1));
  }
  CHECK(world.book().state() == experiment_state::stopped);
  CHECK(world.book().stop_reason() == "every configuration has been tried");
}

TEST_CASE("an asker at the end of a grid waits for what may come back") {
  engine_driver world(of_type(experiment_type::grid, {integer("n", 1, 2)}));
  auto one = granted(world.reply(world.send(patient(0ms, 10s))));
  auto two = world.ask_now();
  must(world.finish(two, 1));
  auto waiting = world.send(patient(1h));
  CHECK_FALSE(world.reply(waiting));
  world.advance(11s);
  auto again = granted(world.reply(waiting));
  CHECK(again.trial == one.trial);
  CHECK(again.attempt == 2);
}

TEST_CASE("a grid under its own name is as exhaustive as the type") {
  auto d = of_type(experiment_type::offline, {integer("n", 1, 2)});
  d.sampler.name = "grid";
  engine_driver world(d);
  world.prompt = false;
  CHECK(refusal(world.reply(world.send(patient(0ms)))) == errc::later);  // not a point beside the grid
  world.compute_plan();
  CHECK(world.ask_now().from == origin::fresh);
}

TEST_CASE("a random experiment is served from plans that never go stale") {
  engine_driver world(of_type(experiment_type::random));
  std::set<double> seen;
  for (int i = 0; i < 200; ++i) {
    auto x = world.ask_now();
    CHECK(x.from == origin::fresh);
    CHECK(seen.insert(x.point.values[0]).second);
    must(world.finish(x, 1));
  }
}
