#include "optimizer/strays.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_questions.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

TEST_CASE("what is taken out leaves the rest with its own courses, tasks and reports") {
  const auto domain = std::make_shared<const space>(must(space::make({{real("x", 0, 1)}, {}, {}})));
  plan_job job;
  job.space = domain;
  auto curves = std::make_shared<courses>();
  for (double x : {0.1, 5.0, 0.2, -1.0, 0.3}) {
    observation seen;
    seen.point = {{x}};
    job.observations.append(std::move(seen));
    if (job.observations.size() > 2) curves->push_back(std::make_shared<const course>(trial{}));  // of the newest three
  }
  job.courses = curves;
  for (double x : {0.4, 7.0, 0.5}) job.pending.push_back({{x}});
  job.pending_tasks = {task_index{1}, task_index{0}, std::nullopt};
  job.pending_reports = {progress_report{}, std::nullopt, std::nullopt};
  drop_strays(job);
  REQUIRE(job.observations.size() == 3);
  CHECK(job.observations[1].point.values[0] == 0.2);
  REQUIRE(job.courses->size() == 2);
  CHECK((*job.courses)[0] == (*curves)[0]);
  CHECK((*job.courses)[1] == (*curves)[2]);
  REQUIRE(job.pending.size() == 2);
  CHECK(job.pending[0].values == std::vector{0.4});
  CHECK(job.pending[1].values == std::vector{0.5});
  CHECK(job.pending_tasks == std::vector<std::optional<task_index>>{task_index{1}, std::nullopt});
  CHECK(job.pending_reports[0].has_value());
  CHECK_FALSE(job.pending_reports[1].has_value());
}

TEST_CASE("what lies outside bounds is kept, and no plan learns from it") {
  engine_driver world(tuned(30));
  std::vector<double> learned, pending;
  world.planner = [&](const plan_job& job) {
    learned.clear();
    pending.clear();
    for (std::size_t i = 0; i < job.observations.size(); ++i) learned.push_back(job.observations[i].point.values[0]);
    for (const auto& x : job.pending) pending.push_back(x.values[0]);
    CHECK(job.pending_tasks.size() == pending.size());
    CHECK(job.pending_reports.size() == pending.size());
    return must(find_sampler(*job.definition))->suggest(job);
  };
  pass_the_design(world);
  const auto before = world.book().observations().size();
  must(world.call(observe{{}, {{"x", 7.0}, {"y", 0.5}}, {{"loss", -100, {}}}, ""}));
  CHECK(world.book().observations().size() == before + 1);
  const ask own{"w", 0s, {}, {{{"x", -7.0}, {"y", 0.5}}}};
  auto asked = granted(world.call(own));
  CHECK(asked.point.values[0] == -7);
  for (bool after_restart : {false, true}) {
    if (after_restart) world.restart();
    must(world.finish(world.ask_now(), 1));
    auto x = world.ask_now();
    CHECK(x.from == origin::fresh);
    CHECK(world.book().space().check(x.point));
    CHECK_FALSE(learned.empty());
    for (const auto* all : {&learned, &pending})
      for (double v : *all) CHECK((v >= 0 && v <= 1));
  }
  CHECK(world.book().summary().best(0)->value == -100);
}
