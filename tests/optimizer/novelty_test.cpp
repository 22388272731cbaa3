#include "optimizer/novelty.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
plan_job job_of(std::vector<parameter> parameters, std::vector<linear_constraint> constraints = {}) {
  auto d = experiment(std::move(parameters), {minimize("y")});
  d.space.linear_constraints = std::move(constraints);
  plan_job job;
  job.space = std::make_shared<const space>(must(validate(d)));
  job.definition = std::make_shared<const definition>(std::move(d));
  return job;
}
void observe_at(plan_job& job, std::vector<double> values) {
  observation x;
  x.id = {job.observations.size() + 1};
  x.point.values = std::move(values);
  x.values = {1};
  job.observations.append(std::move(x));
}
}  // namespace

TEST_CASE("what is observed, pending or taken is not new; what is observed is not under way") {
  auto job = job_of({integer("n", 0, 9)});
  observe_at(job, {1});
  job.pending = {{{2}}};
  novelty seen(job);
  seen.take({{3}});
  CHECK_FALSE(seen.is_new({{1}}));
  CHECK_FALSE(seen.is_new({{2}}));
  CHECK_FALSE(seen.is_new({{3}}));
  CHECK(seen.is_new({{4}}));
  CHECK_FALSE(seen.is_under_way({{1}}));
  CHECK(seen.is_under_way({{2}}));
  CHECK(seen.is_under_way({{3}}));
}

TEST_CASE("the only new configuration of a thousand is found") {
  auto job = job_of({integer("n", 1, 1000)});
  for (int n = 1; n <= 1000; ++n)
    if (n != 777) observe_at(job, {static_cast<double>(n)});
  feasible_sampler feasible(*job.space);
  random_source random(1);
  CHECK(novelty(job).draw(feasible, random).values[0] == 777);
}

TEST_CASE("with nothing new left an observed one is repeated, but none that is under way") {
  auto job = job_of({integer("n", 1, 200)});
  for (int n = 1; n <= 200; ++n) {
    observe_at(job, {static_cast<double>(n)});
    if (n != 50) job.pending.push_back({{static_cast<double>(n)}});
  }
  feasible_sampler feasible(*job.space);
  random_source random(1);
  CHECK(novelty(job).draw(feasible, random).values[0] == 50);
}

TEST_CASE("with everything under way a draw is still made") {
  auto job = job_of({categorical("c", {"a", "b"})});
  job.pending = {{{0}}, {{1}}};
  feasible_sampler feasible(*job.space);
  random_source random(1);
  CHECK(job.space->check(novelty(job).draw(feasible, random)));
}

TEST_CASE("what is left is drawn with equal chances") {
  auto job = job_of({integer("n", 1, 500)});
  for (int n = 1; n <= 500; ++n)
    if (n % 100) observe_at(job, {static_cast<double>(n)});
  feasible_sampler feasible(*job.space);
  novelty seen(job);
  std::map<double, int> counts;
  random_source random(1);
  for (int i = 0; i < 2000; ++i) ++counts[seen.draw(feasible, random).values[0]];
  CHECK(counts.size() == 5);
  for (auto [n, count] : counts) {
    CHECK(count > 300);
    CHECK(count < 500);
  }
}

TEST_CASE("what only a cheaper task was tried with is new") {
  auto job = job_of({integer("n", 0, 9)});
  observe_at(job, {1});
  observe_at(job, {2});
  auto cheap = job.observations[1];
  cheap.task = 0;
  job.observations.replace(1, cheap);
  novelty seen(job);
  CHECK_FALSE(seen.is_new({{1}}));
  CHECK(seen.is_new({{2}}));
}

TEST_CASE("where all numbers are at bounds a draw is compared with the newest alone, in a finite space with all") {
  auto job = job_of({real("x", 0, 1), real("y", 0, 1)});
  observe_at(job, {0, 1});
  for (int i = 0; i < 499; ++i) observe_at(job, {1, 1});
  CHECK_FALSE(novelty(job).is_new_draw({{0, 1}}));
  observe_at(job, {1, 1});
  CHECK(novelty(job).is_new_draw({{0, 1}}));
  CHECK_FALSE(novelty(job).is_new({{0, 1}}));
  CHECK_FALSE(novelty(job).is_new_draw({{1, 1}}));
  CHECK(novelty(job).is_new_draw({{0, 0.5}}));
  auto finite = job_of({integer("n", 0, 1), integer("m", 0, 1)});
  observe_at(finite, {0, 1});
  for (int i = 0; i < 2000; ++i) observe_at(finite, {1, 1});
  CHECK_FALSE(novelty(finite).is_new_draw({{0, 1}}));
}
