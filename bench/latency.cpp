// How long suggestions take: bench_latency [WORD], only lines that contain WORD.
//
// First whole experiments on the real engine, everything but the trials: seconds of processor time in all, and
// microseconds a trial. Then
// single plans for histories of growing length, as an experiment of that length asks for them (the hint is that of the
// plan before, and one observation is new).
#include <algorithm>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <string>

#include "core/random.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// Processor time, so that neighbours on the machine do not count.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

definition shape(const std::string& sampler, std::size_t dimensions, std::size_t objectives) {
  std::vector<parameter> parameters;
  std::vector<metric> metrics;
  for (std::size_t i = 0; i < dimensions; ++i) parameters.push_back(real("x" + std::to_string(i), -5, 5));
  for (std::size_t j = 0; j < objectives; ++j) metrics.push_back(minimize("f" + std::to_string(j)));
  auto d = experiment(std::move(parameters), std::move(metrics));
  d.sampler.name = sampler;
  return d;
}

/// Spheres with their centres apart.
std::vector<double> values_of(const assignments& x, std::size_t objectives) {
  std::vector<double> out(objectives, 0);
  for (std::size_t j = 0; j < objectives; ++j)
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      const double centre = i % objectives == j ? 2 : -1;
      out[j] += (x.values[i] - centre) * (x.values[i] - centre);
    }
  return out;
}

double whole_experiment(const definition& d, std::size_t trials) {
  engine_driver world(d);
  double spent = 0;
  for (std::size_t i = 0; i < trials; ++i) {
    auto before = now();
    auto x = world.ask_now();
    spent += now() - before;
    complete done{x.trial, x.attempt, {}};
    const auto values = values_of(x.point, d.metrics.size());
    for (std::size_t j = 0; j < values.size(); ++j) done.values.push_back({d.metrics[j].name, values[j], {}});
    before = now();
    must(world.call(done));
    spent += now() - before;
  }
  return spent;
}

/// The median of some plans for a history of n observations that a search might have made.
double one_plan(const definition& d, std::size_t n) {
  plan_job job;
  job.definition = std::make_shared<const definition>(d);
  job.space = std::make_shared<const space>(must(validate(d)));
  job.sampler = d.sampler;
  job.count = 3;
  random_source random(1);
  auto observe = [&] {
    observation x;
    x.id = {job.observations.size() + 1};
    for (std::size_t i = 0; i < d.space.parameters.size(); ++i)
      x.point.values.push_back(std::clamp(2 * random.normal(), -5.0, 5.0));
    x.values = values_of(x.point, d.metrics.size());
    job.observations.append(std::move(x));
  };
  for (std::size_t i = 0; i < n; ++i) observe();
  const auto sampler = must(find_sampler(d));
  job.hint = must(sampler->suggest(job)).hint;
  std::vector<double> all;
  for (int i = 0; i < 11; ++i) {
    observe();
    job.seed = static_cast<std::uint64_t>(i);
    const auto before = now();
    job.hint = must(sampler->suggest(job)).hint;
    all.push_back(now() - before);
  }
  std::ranges::sort(all);
  return all[5];
}

struct experiment_line {
  const char* sampler;
  std::size_t dimensions, objectives, trials;
};
constexpr experiment_line experiments[] = {
    {"uniform", 10, 1, 10'000}, {"sobol", 10, 1, 10'000},  {"tpe", 10, 1, 1000},     {"tpe", 40, 1, 1000},
    {"tpe", 10, 2, 1000},       {"tpe", 10, 3, 1000},      {"tpe", 10, 4, 1000},     {"cma_es", 5, 1, 10'000},
    {"cma_es", 10, 1, 10'000},  {"cma_es", 40, 1, 10'000}, {"nsga2", 10, 2, 10'000}, {"nsga2", 40, 2, 10'000},
    {"nsga2", 10, 3, 10'000},   {"nsga2", 10, 5, 10'000}};

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  std::printf("| experiment | seconds | microseconds a trial |\n|---|---|---|\n");
  for (const auto& x : experiments) {
    if (std::string(x.sampler).find(only) == std::string::npos) continue;
    const double spent = whole_experiment(shape(x.sampler, x.dimensions, x.objectives), x.trials);
    std::printf("| %s, %zu parameters, %zu objectives, %zu trials | %.3g | %.3g |\n", x.sampler, x.dimensions,
                x.objectives, x.trials, spent, 1e6 * spent / static_cast<double>(x.trials));
    std::fflush(stdout);
  }
  std::printf("\n| milliseconds a plan of 3, 10 parameters | 100 | 1 000 | 10 000 | 100 000 observations |\n"
              "|---|---|---|---|---|\n");
  for (const auto& sampler : samplers()) {
    if (!sampler.uses_history || std::string(sampler.name).find(only) == std::string::npos) continue;
    for (std::size_t objectives : {1, 2, 3, 4}) {
      std::printf("| %s, %zu objectives |", sampler.name, objectives);
      for (std::size_t n : {100, 1000, 10'000, 100'000}) {
        std::printf(" %.3g |", 1e3 * one_plan(shape(sampler.name, 10, objectives), n));
        std::fflush(stdout);
      }
      std::printf("\n");
    }
  }
}
