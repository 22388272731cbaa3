#include "optimizer/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/random.hpp"
#include "core/request_id.hpp"
#include "tests/support/engine_questions.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

TEST_CASE("an asker may bring assignments of his own, which are handed to nobody else") {
  engine_driver world(tuned(2));
  ask own{"w", 0s, {}, {{{"x", 0.5}, {"y", 0.25}}}};
  own.metadata = std::make_shared<const metadata_map>(metadata_map{{"why", std::string("a hunch")}});
  auto given = granted(world.call(own));
  CHECK(given.from == origin::user);
  CHECK(given.point.values == std::vector<double>{0.5, 0.25});
  CHECK(*world.book().find(given.trial)->metadata == *own.metadata);
  own.assignments = {{{"x", "two"}, {"y", 0.25}}};
  CHECK(refusal(world.call(own)) == errc::invalid);
  world.ask_now();
  own.assignments = {{{"x", 0.125}, {"y", 0.25}}};
  CHECK(refusal(world.call(own)) == errc::later);
}

TEST_CASE("an asker waits for the running plan and gets a fresh point from it") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  REQUIRE(world.job());
  auto waiting = world.send(patient(10s));
  CHECK_FALSE(world.reply(waiting));
  CHECK(world.inside().waiting() == 1);
  world.advance(1s);
  CHECK_FALSE(world.reply(waiting));
  world.compute_plan();
  CHECK(granted(world.reply(waiting)).from == origin::fresh);
  CHECK(world.inside().waiting() == 0);
}

TEST_CASE("an asker whose patience ends gets what an older plan left") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto waiting = world.send(patient(200ms));
  world.advance(199ms);
  CHECK_FALSE(world.reply(waiting));
  world.advance(2ms);
  CHECK(granted(world.reply(waiting)).from == origin::stale);
}

TEST_CASE("an asker without patience gets a stale point at once") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  CHECK(world.ask_now().from == origin::stale);
}

TEST_CASE("an asker is served a fallback when patience ends before the first plan") {
  engine_driver world(tuned());
  world.prompt = false;
  issued x;
  do {
    x = world.ask_now();
    must(world.finish(x, 1));
  } while (world.book().sequence_used() < 10);
  auto waiting = world.send(patient(200ms));
  CHECK_FALSE(world.reply(waiting));
  world.advance(201ms);
  CHECK(granted(world.reply(waiting)).from == origin::fallback);
}

TEST_CASE("with trials in parallel a plan stays fresh while it missed fewer observations than run at once") {
  engine_driver world(tuned(100, 3));
  while (world.book().sequence_used() < 10) must(world.finish(world.ask_now(), 1));
  world.prompt = false;
  std::vector<issued> running{world.ask_now(), world.ask_now(), world.ask_now()};
  for (const auto& x : running) CHECK(x.from == origin::fresh);
  must(world.finish(running[0], 1));
  CHECK(world.ask_now().from == origin::fresh);
  must(world.finish(running[1], 1));
  CHECK(world.ask_now().from == origin::fresh);
  must(world.finish(running[2], 1));
  CHECK(world.ask_now().from != origin::fresh);
}

TEST_CASE("more askers than the design has points wait for the first observation") {
  engine_driver world(tuned(1000, 4));
  std::vector<issued> design;
  for (int i = 0; i < 10; ++i) design.push_back(world.ask_now());
  auto waiting = world.send(patient(1h));
  CHECK_FALSE(world.reply(waiting));
  must(world.finish(design[0], 1));
  CHECK(granted(world.reply(waiting)).from == origin::fresh);
}

TEST_CASE("a withdrawn ask is answered and gets no trial") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto waiting = world.send(patient(1h), "a");
  must(world.call(withdraw{"a"}, "b"));
  CHECK(refusal(world.reply(waiting)) == errc::later);
  auto before = world.book().count(trial_state::running);
  world.compute_plan();
  CHECK(world.book().count(trial_state::running) == before);
}

TEST_CASE("who releases a worker gives up what it waits for, and nobody else's wait") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto mine = patient(1h), others = patient(1h);
  mine.worker = "mine";
  others.worker = "others";
  auto gone = world.send(mine), there = world.send(others);
  must(world.call(release_worker{"mine", "restarted"}, "r"));
  CHECK(refusal(world.reply(gone)) == errc::later);
  world.compute_plan();
  CHECK(granted(world.reply(there)).attempt == 1);
}

TEST_CASE("a request sent again gets the same trial, not another") {
  engine_driver world(tuned());
  auto first = granted(world.reply(world.send(patient(0ms), "one")));
  auto again = granted(world.reply(world.send(patient(0ms), "one")));
  CHECK(first.trial == again.trial);
  CHECK(first.point == again.point);
  CHECK(world.book().count(trial_state::running) == 1);
  must(world.finish(first, 3, "done"));
  must(world.finish(first, 3, "done"));
  CHECK(world.book().observations().size() == 1);
}

TEST_CASE("a request sent again while the first still waits takes its place") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto first = world.send(patient(1s), "one");
  auto second = world.send(patient(10s), "one");
  CHECK(refusal(world.reply(first)) == errc::conflict);
  CHECK(world.inside().waiting() == 1);
  world.advance(5s);  // the first one's patience means nothing now
  CHECK_FALSE(world.reply(second));
  world.compute_plan();
  CHECK(granted(world.reply(second)).from == origin::fresh);
}

TEST_CASE("a request id of one who waits is refused to a request for something else, and is withdrawn by itself") {
  engine_driver world(tuned());
  pass_the_design(world);
  world.prompt = false;
  must(world.finish(world.ask_now(), 0.5));
  auto first = world.send(patient(10s), with_print(7, "one"));
  CHECK(refusal(world.reply(world.send(patient(10s), with_print(8, "one")))) == errc::reused);
  const auto facts = world.book().facts();
  CHECK(refusal(world.reply(world.send(vilfredo::pause{}, with_print(8, "one")))) == errc::reused);
  CHECK(world.book().facts() == facts);
  CHECK_FALSE(world.reply(first));
  must(world.call(withdraw{with_print(9, "one")}));
  CHECK(refusal(world.reply(first)) == errc::later);
}

TEST_CASE("a thousand askers at once never get more trials than the budget") {
  engine_driver world(tuned(50, 8));
  std::vector<ticket> tickets;
  for (int i = 0; i < 1000; ++i) tickets.push_back(world.send(patient(1s), "r" + std::to_string(i)));
  world.advance(2s);
  std::set<trial_id> trials;
  std::size_t refused = 0;
  for (auto t : tickets) {
    auto got = world.reply(t);
    REQUIRE(got);
    if (*got)
      CHECK(trials.insert(granted(got).trial).second);
    else
      ++refused;
  }
  CHECK(trials.size() == 50);
  CHECK(refused == 950);
  CHECK(world.book().committed() == 50);
  for (auto t : trials) must(world.call(complete{t, 1, {{"loss", 1, {}}}}));
  CHECK(world.book().state() == experiment_state::finished);
  CHECK(refusal(world.reply(world.send(patient(1s)))) == errc::exhausted);
}

TEST_CASE("askers who wait are refused as soon as the budget is spent") {
  engine_driver world(tuned(2));
  auto one = world.ask_now();
  auto two = world.ask_now();
  auto waiting = world.send(patient(1h));
  must(world.finish(one, 1));
  CHECK_FALSE(world.reply(waiting));  // the second may still be lost and need another attempt
  must(world.finish(two, 1));
  CHECK(refusal(world.reply(waiting)) == errc::exhausted);
}

TEST_CASE("a lease of nothing and one of centuries are refused") {
  engine_driver world(tuned());
  CHECK(refusal(world.reply(world.send(patient(0ms, 0ms)))) == errc::invalid);
  CHECK(refusal(world.reply(world.send(patient(0ms, duration::max())))) == errc::invalid);
  CHECK(granted(world.reply(world.send(patient(duration::max())))).trial.number == 1);  // patience may be endless
}

TEST_CASE("own assignments are tried next") {
  engine_driver world(tuned());
  world.ask_now();
  auto id = std::get<enqueued>(must(world.call(enqueue{{{"x", 0.5}, {"y", 0.5}}}))).trial;
  auto x = world.ask_now();
  CHECK(x.trial == id);
  CHECK(x.from == origin::user);
}

TEST_CASE("own assignments serve an asker who waits") {
  engine_driver world(of_type(experiment_type::grid, {integer("n", 1, 2)}));
  world.ask_now();
  world.ask_now();
  auto waiting = world.send(patient(1h));
  CHECK_FALSE(world.reply(waiting));
  auto id = std::get<enqueued>(must(world.call(enqueue{{{"n", 2.0}}}))).trial;
  CHECK(granted(world.reply(waiting)).trial == id);
}

TEST_CASE("askers beyond the bound are told that there are too many") {
  engine_driver world(tuned(1));
  world.ask_now();
  for (std::size_t i = 0; i < engine::most_waiting; ++i) world.send(patient(1h));
  CHECK(world.inside().waiting() == engine::most_waiting);
  CHECK(refusal(world.reply(world.send(patient(1h)))) == errc::overloaded);
}

TEST_CASE("where the sampler learns from tasks three of four trials of the initial design are of the cheapest") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("m")});
  d.tasks = {{"all", 1}, {"part", 0.1}, {"half", 0.5}};
  d.observation_budget = 20;
  auto tasks_of = [&](const char* sampler) {
    d.sampler.name = sampler;
    engine_driver world(d);
    std::vector<std::optional<task_index>> out;
    for (int i = 0; i < 10; ++i) {
      const auto x = world.ask_now();
      if (x.from == origin::design) out.push_back(x.task);
    }
    return out;
  };
  const auto learning = tasks_of("gp");
  CHECK(learning.size() == 10);  // of full trials a quarter of the budget and one more would be all
  CHECK(std::ranges::count(learning, std::optional<task_index>{1}) == 8);
  CHECK(std::ranges::count(learning, std::optional<task_index>{}) == 2);
  const auto blind = tasks_of("tpe");
  CHECK(std::ranges::count(blind, std::optional<task_index>{}) == std::ssize(blind));
}
