#include "optimizer/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/random.hpp"
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

TEST_CASE("a lease of nothing and one of centuries are refused") {
  engine_driver world(tuned());
  CHECK(refusal(world.reply(world.send(patient(0ms, 0ms)))) == errc::invalid);
  CHECK(refusal(world.reply(world.send(patient(0ms, duration::max())))) == errc::invalid);
  CHECK(granted(world.reply(world.send(patient(duration::max())))).trial.number == 1);  // patience may be endless
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

TEST_CASE("askers beyond the bound are told that there are too many") {
  engine_driver world(tuned(1));
  world.ask_now();
  for (std::size_t i = 0; i < engine::most_waiting; ++i) world.send(patient(1h));
  CHECK(world.inside().waiting() == engine::most_waiting);
  CHECK(refusal(world.reply(world.send(patient(1h)))) == errc::overloaded);
}

TEST_CASE("a clock that was set back does not disorder the facts") {
  engine_driver world(tuned());
  world.ask_now();
  auto before = world.facts().back().at;
  world.now -= 1h;
  world.ask_now();
  CHECK(world.facts().back().at >= before);
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
