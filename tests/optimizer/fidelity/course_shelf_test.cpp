#include "optimizer/fidelity/course_shelf.hpp"

#include <doctest/doctest.h>

#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

definition stopped_at_once() {
  auto d = experiment({real("x", 0, 1)}, {minimize("y")});
  d.early_stopping = {{{"threshold", {{"step", 1.0}, {"value", 5.0}}}}};
  return d;
}

}  // namespace

TEST_CASE("courses stand beside the newest observations, those of stopped trials too") {
  engine_driver world(stopped_at_once());
  course_shelf shelf;
  CHECK(shelf.of(world.book())->empty());
  const auto silent = world.ask_now();
  must(world.finish(silent, 1));
  const auto stopped = world.ask_now();
  CHECK(std::get<advice>(must(world.call(report{stopped.trial, stopped.attempt, 1, {{"y", 7, {}}}}))).stop);
  const auto whole = world.ask_now();
  must(world.call(report{whole.trial, whole.attempt, 1, {{"y", 4, {}}}}));
  must(world.call(report{whole.trial, whole.attempt, 2, {{"y", 3, {}}}}));
  must(world.finish(whole, 3));
  const auto all = shelf.of(world.book());
  REQUIRE(all->size() == 3);
  CHECK_FALSE((*all)[0]);
  CHECK((*all)[1]->at(level_of(1))[0] == 7);
  CHECK((*all)[2]->at(level_of(2))[0] == 3);
}

TEST_CASE("courses that were made are kept, and a new shelf says the same") {
  engine_driver world(stopped_at_once());
  const auto x = world.ask_now();
  must(world.call(report{x.trial, x.attempt, 1, {{"y", 4, {}}}}));
  must(world.finish(x, 4));
  course_shelf shelf, other;
  const auto first = shelf.of(world.book());
  CHECK(shelf.of(world.book())->front() == first->front());
  CHECK(other.of(world.book())->front()->at(0)[0] == first->front()->at(0)[0]);
}

TEST_CASE("a job tells what running trials reported last, and its courses survive a restart") {
  auto d = stopped_at_once();
  d.observation_budget = 40;
  d.parallel_bandwidth = 2;
  d.sampler.name = "gp";
  engine_driver world(d);
  world.prompt = false;
  std::shared_ptr<const plan_job> job;
  world.planner = [&](const plan_job& x) -> result<plan> {
    job = std::make_shared<const plan_job>(x);
    return plan{{x.space->from_unit(std::vector{0.5})}, {}, {}};
  };
  const auto runs = world.ask_now();
  must(world.call(report{runs.trial, runs.attempt, 1, {{"y", 2, {}}}}));
  for (int i = 0; i < 12; ++i) {
    const auto x = world.ask_now();
    must(world.call(report{x.trial, x.attempt, 1, {{"y", 1, {}}}}));
    must(world.finish(x, 1));
  }
  world.compute_plan();
  world.compute_plan();
  REQUIRE(job);
  REQUIRE(job->pending_reports.size() == job->pending.size());
  REQUIRE(job->pending_reports[0]);
  CHECK(job->pending_reports[0]->values[0] == 2);
  REQUIRE(job->courses);
  CHECK(job->courses->size() == 12);
  const auto before = job;
  world.restart();
  const auto y = world.ask_now();
  must(world.finish(y, 1));
  while (world.compute_plan()) {
  }
  REQUIRE(job != before);
  REQUIRE(job->courses->size() == 13);
  for (std::size_t i = 0; i < 12; ++i) CHECK((*job->courses)[i]->at(0)[0] == (*before->courses)[i]->at(0)[0]);
}
