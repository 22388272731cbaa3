#include "optimizer/bayes/trust_region.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

definition in_dimensions(std::size_t n, std::vector<metric> metrics) {
  std::vector<parameter> parameters;
  for (std::size_t i = 0; i < n; ++i) parameters.push_back(real("x" + std::to_string(i), 0, 1));
  return experiment(std::move(parameters), std::move(metrics));
}

/// A job without observations, whose trials run two at a time.
plan_job begun(definition d) {
  d.parallel_bandwidth = 2;
  plan_job job;
  job.space = std::make_shared<const space>(must(validate(d)));
  job.definition = std::make_shared<const definition>(std::move(d));
  return job;
}

void tell(plan_job& job, const std::vector<std::vector<double>>& values) {
  for (const auto& v : values) {
    observation x;
    x.id = {job.observations.size() + 1};
    x.point.values.assign(job.space->size(), 0.5);
    x.values = v;
    job.observations.append(std::move(x));
  }
}

/// Catches up and hands its hint on.
trust_region next(plan_job& job) {
  trust_region region(job);
  region.catch_up(job);
  job.hint = region.hint();
  return region;
}

}  // namespace

TEST_CASE("three rounds with a new leader widen the region") {
  auto job = begun(in_dimensions(8, {minimize("y")}));
  CHECK(next(job).length() == 0.8);
  tell(job, {{10}, {9}, {11}, {8}});
  CHECK(next(job).length() == 0.8);
  tell(job, {{7}});
  CHECK(next(job).length() == 0.8);  // half a round
  tell(job, {{12}});
  CHECK(next(job).length() == 1.6);
  tell(job, {{6}, {6}, {5}, {5}, {4}, {4}});
  CHECK(next(job).length() == 1.6);  // no wider
}

TEST_CASE("as many failures as there are dimensions halve it, a success among them begins the count anew") {
  auto job = begun(in_dimensions(8, {maximize("y")}));
  (void)next(job);
  tell(job, {{10}, {1}});
  tell(job, {{2}, {3}, {4}, {5}, {6}, {7}});
  CHECK(next(job).length() == 0.8);
  tell(job, {{2}, {3}});
  CHECK(next(job).length() == 0.4);
  tell(job, {{2}, {3}, {2}, {3}, {2}, {20}, {2}, {3}});
  CHECK(next(job).length() == 0.4);
  tell(job, {{2}, {3}, {2}, {3}, {2}, {3}});
  CHECK(next(job).length() == 0.2);
}

TEST_CASE("hardly better is no success") {
  auto job = begun(in_dimensions(4, {minimize("y")}));
  (void)next(job);
  tell(job, {{100}, {200}, {99.99}, {300}, {99.98}, {300}});
  CHECK(next(job).length() == 0.4);
}

TEST_CASE("too narrow it begins elsewhere, with a design of its own that counts for nothing") {
  auto job = begun(in_dimensions(4, {minimize("y")}));
  (void)next(job);
  tell(job, {{0}, {1}});
  while (next(job).start() == 0) {
    REQUIRE(job.observations.size() < 200);
    CHECK_FALSE(next(job).opening(job));
    tell(job, {{5}, {6}});
  }
  CHECK(next(job).start() == job.observations.size());
  CHECK(next(job).length() == 0.8);
  for (int i = 0; i < 5; ++i) {
    CHECK(next(job).opening(job));
    tell(job, {{7}, {8}});
  }
  CHECK_FALSE(next(job).opening(job));
  CHECK(next(job).length() == 0.8);
  tell(job, {{6}, {8}});
  CHECK(next(job).hint() != trust_region(begun(in_dimensions(4, {minimize("y")}))).hint());
}

TEST_CASE("too narrow after a gain it is wide again where it is") {
  auto job = begun(in_dimensions(4, {minimize("y")}));
  (void)next(job);
  tell(job, {{10}, {11}});
  double narrowest = 1;
  for (int i = 0; i < 7; ++i) {
    tell(job, {{12}, {12}, {12}, {12}});
    narrowest = std::min(narrowest, next(job).length());
  }
  CHECK(narrowest < 0.02);
  CHECK(next(job).length() == 0.8);
  CHECK(next(job).start() == 0);
}

TEST_CASE("step by step and all at once it comes to the same") {
  auto step_by_step = begun(in_dimensions(3, {minimize("y")}));
  (void)next(step_by_step);
  auto at_once = step_by_step;
  for (int i = 0; i < 101; ++i) {
    const std::vector<double> value{static_cast<double>((i * 37) % 50) - 0.2 * i};
    tell(step_by_step, {value});
    tell(at_once, {value});
    (void)next(step_by_step);
  }
  CHECK(next(at_once).hint() == next(step_by_step).hint());
}

TEST_CASE("what meets the thresholds takes the lead from what does not, whatever its value") {
  auto d = in_dimensions(4, {minimize("y")});
  d.metrics.push_back(keep_below("c", 1));
  auto job = begun(d);
  (void)next(job);
  tell(job, {{0, 5}, {0, 9}, {3, 4}, {0, 9}, {7, 0.5}, {0, 9}});
  CHECK(next(job).length() == 1.6);
}

TEST_CASE("a hint of another history begins anew at what is known") {
  auto job = begun(in_dimensions(4, {minimize("y")}));
  (void)next(job);
  tell(job, {{1}, {2}, {3}, {4}, {5}, {6}});
  CHECK(next(job).length() == 0.4);
  auto shorter = job;
  shorter.observations.erase(5);
  CHECK(next(shorter).length() == 0.8);
  for (const char* strange : {"", "turbo ", "gp 1", "turbo xxxxxxx|"}) {
    auto other = job;
    other.hint = strange;
    CHECK(next(other).length() == 0.8);
  }
}
