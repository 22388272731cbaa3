#include "optimizer/evolution/cma_es.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"
#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

double rosenbrock(const assignments& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.values.size(); ++i) {
    const double a = x.values[i + 1] - x.values[i] * x.values[i], b = 1 - x.values[i];
    sum += 100 * a * a + b * b;
  }
  return sum;
}

std::vector<parameter> cube(std::size_t n, double min, double max) {
  std::vector<parameter> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(real("x" + std::to_string(i), min, max));
  return out;
}

/// `at_once` trials run; the newest ends first now and then, so results come out of order.
double best_after(definition d, int trials, std::size_t at_once, const std::function<double(const assignments&)>& f) {
  d.sampler.name = "cma_es";
  d.parallel_bandwidth = static_cast<std::uint32_t>(at_once);
  engine_driver world(d);
  std::vector<issued> running;
  for (int i = 0; i < trials; ++i) {
    running.push_back(world.ask_now());
    if (running.size() < at_once) continue;
    const auto which = i % 3 == 0 ? running.size() - 1 : 0;
    must(world.finish(running[which], f(running[which].point)));
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
  }
  return world.book().summary().best(0)->value;
}

}  // namespace

TEST_CASE("it follows a curved valley to its end, one at a time and eight out of order") {
  auto d = experiment(cube(4, -2, 2), {minimize("y")});
  CHECK(best_after(d, 2000, 1, rosenbrock) < 1e-5);
  CHECK(best_after(d, 2000, 8, rosenbrock) < 1e-3);
}

TEST_CASE("restarts find the deepest of many hollows") {
  auto rastrigin = [](const assignments& x) {
    double sum = 0;
    for (double v : x.values) sum += (v - 1) * (v - 1) + 10 - 10 * std::cos(2 * 3.141592653589793 * (v - 1));
    return sum;
  };
  CHECK(best_after(experiment(cube(3, -5, 5), {minimize("y")}), 6000, 1, rastrigin) < 1e-3);
}

TEST_CASE("an optimum on the bounds is reached") {
  auto corner = [](const assignments& x) { return x.values[0] + x.values[1] - x.values[2]; };
  CHECK(best_after(experiment(cube(3, 0, 1), {minimize("y")}), 300, 1, corner) < -0.999);
}

TEST_CASE("a constraint metric is met at the optimum") {
  auto d = experiment(cube(2, -5, 5), {minimize("y"), keep_below("c", -1)});
  d.sampler.name = "cma_es";
  engine_driver world(d);
  for (int i = 0; i < 600; ++i) {
    auto x = world.ask_now();
    const double a = x.point.values[0], b = x.point.values[1];
    must(world.call(complete{x.trial, x.attempt, {{"y", a * a + b * b, {}}, {"c", a + b, {}}}}));
  }
  CHECK(world.book().summary().best(0)->value == doctest::Approx(0.5).epsilon(0.01));  // at (−½, −½)
}

TEST_CASE("without its hint it goes on from the best of the history") {
  auto d = experiment(cube(3, -5, 5), {minimize("y")});
  auto job = contract_job(d, 0, 0, past::ordinary, 1);
  random_source random(1);
  for (int i = 0; i < 200; ++i) {
    observation x;
    x.id = {job.observations.size() + 1};
    double sum = 0;
    for (int j = 0; j < 3; ++j) {
      x.point.values.push_back(10 * random.uniform() - 5);
      sum += (x.point.values.back() - 2) * (x.point.values.back() - 2);
    }
    x.values = {sum};
    job.observations.append(std::move(x));
  }
  job.count = 50;
  double mean = 0;
  for (const auto& x : must(suggest_cma_es(job)).candidates)
    for (double v : x.values) mean += v / 150;
  CHECK(std::abs(mean - 2) < 0.7);
}

TEST_CASE("a deleted observation makes it begin again rather than count wrongly") {
  auto d = experiment(cube(2, 0, 1), {minimize("y")});
  auto job = contract_job(d, 60, 0, past::ordinary, 1);
  job.hint = must(suggest_cma_es(job)).hint;
  auto kept = must(suggest_cma_es(job));
  CHECK(kept.hint == job.hint);
  auto fewer = job;
  fewer.observations.erase(3);
  auto again = must(suggest_cma_es(fewer));
  CHECK(again.hint != job.hint);
}
