#include "optimizer/tpe/tpe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/feasible.hpp"
#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

double best_after(definition d, int trials, const std::function<double(const assignments&)>& f) {
  d.observation_budget = static_cast<std::uint64_t>(trials);
  engine_driver world(d);
  for (int i = 0; i < trials; ++i) {
    auto x = world.ask_now();
    must(world.finish(x, f(x.point)));
  }
  return world.book().summary().best(0)->value;
}

double median_best(definition d, int trials, const std::function<double(const assignments&)>& f) {
  std::vector<double> all;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    d.seed = seed;
    all.push_back(best_after(d, trials, f));
  }
  std::ranges::sort(all);
  return all[2];
}

void observe_at(plan_job& job, std::vector<double> point, double value, std::string failure = {}) {
  observation x;
  x.id = {job.observations.size() + 1};
  x.point.values = std::move(point);
  x.values = {value};
  x.failure = std::move(failure);
  job.observations.append(std::move(x));
}

double mean_distance(const std::vector<assignments>& points, const std::vector<double>& from) {
  double sum = 0;
  for (const auto& x : points) {
    double square = 0;
    for (std::size_t j = 0; j < from.size(); ++j) square += (x.values[j] - from[j]) * (x.values[j] - from[j]);
    sum += std::sqrt(square);
  }
  return sum / static_cast<double>(points.size());
}

}  // namespace

TEST_CASE("it finds the bottom of a bowl far better than random points do") {
  auto d = experiment({real("x", -5, 5), real("y", -5, 5), logarithmic(real("z", 1e-4, 1))}, {minimize("loss")});
  auto f = [](const assignments& x) {
    auto z = std::log10(x.values[2]) + 3;
    return (x.values[0] - 1) * (x.values[0] - 1) + (x.values[1] + 2) * (x.values[1] + 2) + z * z;
  };
  d.sampler.name = "tpe";
  const auto tpe = median_best(d, 60, f);
  d.sampler.name = "uniform";
  const auto random = median_best(d, 60, f);
  MESSAGE("60 trials: " << tpe << ", random " << random);
  CHECK(tpe < random / 4);
}

TEST_CASE("it finds the right branch and its settings") {
  auto d = experiment({categorical("kind", {"a", "b", "c"}), when(real("x", 0, 1), "kind", {"a"}),
                       when(integer("n", 1, 50), "kind", {"b"})},
                      {minimize("loss")});
  auto f = [](const assignments& v) {
    if (v.values[0] == 0) return 1 + std::abs(v.values[1] - 0.5);
    if (v.values[0] == 1) return std::abs(v.values[2] - 33) / 50;
    return 2.0;
  };
  CHECK(median_best(d, 60, f) <= 0.02);
}

TEST_CASE("failures keep it away") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("loss")});
  auto job = contract_job(d, 0, 0, past::ordinary, 3);
  random_source random(1);
  for (int i = 0; i < 60; ++i) {
    double x = random.uniform(), y = random.uniform();
    observe_at(job, {x, y}, -x, x > 0.6 ? "diverged" : "");  // better and better, up to the cliff
  }
  job.count = 20;
  int beyond = 0;
  for (const auto& x : must(suggest_tpe(job)).candidates) beyond += x.values[0] > 0.65;
  CHECK(beyond <= 4);
}

TEST_CASE("pending points and earlier candidates of the plan keep the next ones apart") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("loss")});
  auto job = contract_job(d, 0, 0, past::ordinary, 3);
  random_source random(1);
  for (int i = 0; i < 40; ++i) {
    double x = random.uniform(), y = random.uniform();
    observe_at(job, {x, y}, (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5));
  }
  job.count = 8;
  double alone = 0, beside = 0;
  for (job.seed = 1; job.seed <= 10; ++job.seed) {
    job.pending.clear();
    alone += mean_distance(must(suggest_tpe(job)).candidates, {0.5, 0.5});
    job.pending.assign(10, {{0.5, 0.5}});
    for (std::size_t i = 0; i < job.pending.size(); ++i) job.pending[i].values[0] += 0.001 * static_cast<double>(i);
    beside += mean_distance(must(suggest_tpe(job)).candidates, {0.5, 0.5});
  }
  CHECK(beside > alone * 1.2);
}

TEST_CASE("several objectives: the front is followed, not one end of it") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("f"), minimize("g")});
  d.observation_budget = 80;
  double tpe = 0, random = 0;
  for (auto name : {"tpe", "uniform"}) {
    d.sampler.name = name;
    engine_driver world(d);
    for (int i = 0; i < 80; ++i) {
      auto x = world.ask_now();
      auto u = x.point.values;
      must(world.call(
          complete{x.trial, x.attempt, {{"f", u[0] + 3 * u[1], {}}, {"g", 1 - std::sqrt(u[0]) + 3 * u[1], {}}}}));
    }
    int near = 0, left = 0, right = 0;
    for (const auto& o : world.book().observations()) {
      if (o.point.values[1] > 0.1) continue;
      ++near;
      left += o.point.values[0] < 0.3;
      right += o.point.values[0] > 0.6;
    }
    (std::string(name) == "tpe" ? tpe : random) = near;
    if (std::string(name) == "tpe") {
      CHECK(left >= 3);
      CHECK(right >= 3);
    }
  }
  CHECK(tpe > 2 * random);
}

TEST_CASE("a constraint metric is learned") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("loss"), keep_below("cost", 0.3)});
  d.observation_budget = 60;
  engine_driver world(d);
  int feasible = 0;
  for (int i = 0; i < 60; ++i) {
    auto x = world.ask_now();
    auto u = x.point.values;
    must(world.call(complete{x.trial, x.attempt, {{"loss", -u[0] - u[1], {}}, {"cost", u[0] * u[1], {}}}}));
    feasible += i >= 20 && u[0] * u[1] <= 0.3;
  }
  CHECK(feasible >= 20);
  CHECK(world.book().summary().best(0)->value < -1.15);  // −1.3 at the corner is the least
}

TEST_CASE("the cost of a suggestion is bounded, however long the history") {
  std::vector<parameter> ten;
  for (int i = 0; i < 10; ++i) ten.push_back(real("x" + std::to_string(i), 0, 1));
  auto d = experiment(std::move(ten), {minimize("loss")});
  auto job = contract_job(d, 20'000, 300, past::ordinary, 3);
  job.count = 3;
  auto made = must(suggest_tpe(job));
  CHECK(made.candidates.size() == 3);
}
