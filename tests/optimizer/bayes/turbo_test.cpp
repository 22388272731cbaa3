#include "optimizer/bayes/turbo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "optimizer/bayes/trust_region.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

definition mixed() {
  std::vector<parameter> parameters;
  for (int i = 0; i < 6; ++i) parameters.push_back(real("x" + std::to_string(i), -1, 1));
  parameters.push_back(integer("n", 1, 1000));
  parameters.push_back(categorical("k", {"p", "q", "r"}));
  auto d = experiment(std::move(parameters), {minimize("y")});
  d.seed = 11;
  d.observation_budget = 2000;
  return d;
}

const assignments& best_of(const plan_job& job) {
  const observation* best = &job.observations[0];
  for (const auto& x : job.observations)
    if (x.values[0] < best->values[0]) best = &x;
  return best->point;
}

/// A job after some failures in a row, and the length that they left.
std::pair<plan_job, double> narrowed(std::size_t failures) {
  auto job = contract_job(mixed(), 40, 0, past::ordinary, 3);
  job.hint = must(suggest_turbo(job)).hint;
  for (std::size_t i = 0; i < failures; ++i) {
    auto x = contract_job(mixed(), 1, 0, past::ordinary, 100 + i).observations[0];
    x.id = {job.observations.size() + 1};
    x.values = {5.0 + x.values[0]};
    job.observations.append(std::move(x));
  }
  trust_region region(job);
  region.catch_up(job);
  return {job, region.length()};
}

}  // namespace

TEST_CASE("the narrower the region, the nearer to the best are its candidates") {
  double widest = 10;
  for (std::size_t failures : {0u, 16u, 32u}) {
    const auto [job, length] = narrowed(failures);
    CHECK(length == 0.8 / std::pow(2, failures / 8));
    const auto centre = job.space->to_unit(best_of(job));
    double sides = 0;
    for (const auto& x : must(suggest_turbo(job)).candidates) {
      const auto u = job.space->to_unit(x);
      double volume = 0;
      for (std::size_t i = 0; i < 7; ++i) volume = std::max(volume, std::abs(u[i] - centre[i]));
      sides = std::max(sides, volume);
    }
    CHECK(sides < widest);
    widest = sides;
  }
  CHECK(widest < 0.5);
}

TEST_CASE(
    "while nothing meets the constraints the region is around what misses them least, however good the others are") {
  std::vector<parameter> parameters;
  for (int i = 0; i < 6; ++i) parameters.push_back(real("x" + std::to_string(i), -1, 1));
  auto job =
      contract_job(experiment(std::move(parameters), {minimize("y"), keep_below("c", 0)}), 40, 0, past::ordinary, 3);
  double nearest = -1;
  for (std::size_t i = 0; i < job.observations.size(); ++i) {
    auto x = job.observations[i];
    const double u = x.point.values[0];
    x.values = {u, 2 - u};  // never met; the best of the objective lies at the other end
    nearest = std::max(nearest, u);
    job.observations.replace(i, std::move(x));
  }
  for (const auto& x : must(suggest_turbo(job)).candidates) CHECK(x.values[0] > nearest - 0.8);
}

TEST_CASE("of a long history only what is near the best is modelled, and all of it is known as tried") {
  auto job = contract_job(mixed(), 1500, 0, past::ordinary, 3);
  const auto made = must(suggest_turbo(job));
  CHECK(made.note.find("300 configurations") != std::string::npos);
  for (const auto& x : made.candidates)
    CHECK(std::ranges::none_of(job.observations, [&](const observation& o) { return o.point == x; }));
}

TEST_CASE("the hint carries the region and the kernel, and another sampler's hint is no obstacle") {
  auto job = contract_job(mixed(), 60, 2, past::ordinary, 4);
  const auto first = must(suggest_turbo(job));
  CHECK(first.hint.starts_with("turbo "));
  CHECK(first.hint.find("|gp ") != std::string::npos);
  job.hint = first.hint;
  CHECK(must(suggest_turbo(job)).hint == first.hint);
  job.hint = first.hint.substr(first.hint.find('|') + 1);
  CHECK(must(suggest_turbo(job)).candidates.size() == job.count);
}

TEST_CASE("a new region begins with points from everywhere") {
  auto job = contract_job(mixed(), 40, 0, past::ordinary, 3);
  job.hint = must(suggest_turbo(job)).hint;
  while (must(suggest_turbo(job)).note.find("restart 0") != std::string::npos) {
    REQUIRE(job.observations.size() < 300);
    auto x = job.observations[0];
    x.id = {job.observations.size() + 1};
    job.observations.append(std::move(x));
  }
  job.count = 16;
  double low = 1, high = 0;
  for (const auto& x : must(suggest_turbo(job)).candidates) {
    low = std::min(low, job.space->to_unit(x)[0]);
    high = std::max(high, job.space->to_unit(x)[0]);
  }
  CHECK(high - low > 0.6);
}
