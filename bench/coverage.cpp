// How well samplers spread over all that meets the thresholds, where all metrics are constraints:
//   coverage [--seeds N] [--trials N] [--parallel K] [--only WORD] [SAMPLER …]
// Printed are medians over the seeds: how many trials meet all thresholds; how far a configuration that meets them is
// from the nearest trial that does, on the average over all (in the unit cube, over the root of the number of
// parameters: 0.05 is near, a problem where none was found counts as 1); and the greatest such distance.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>

#include "bench/own.hpp"
#include "bench/problems/functions.hpp"
#include "bench/quantile.hpp"
#include "bench/sweep.hpp"
#include "core/random.hpp"
#include "core/solutions.hpp"
#include "core/summary.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;
using test::categorical;
using test::experiment;
using test::keep_below;
using test::logarithmic;
using test::real;

namespace {

struct wanted {
  std::string name;
  definition what;
  std::function<std::vector<double>(const std::vector<double>&)> evaluate;
};

double himmelblau(double x, double y) { return square(x * x + y - 11) + square(x + y * y - 7); }
/// What meets the thresholds is 1 to 10 per cent of the space: islands, a ring, a slice, a thin part of six dimensions.
std::vector<wanted> all_wanted() {
  std::vector<wanted> out;
  out.push_back({"four islands 2-D", experiment({real("x", -5, 5), real("y", -5, 5)}, {keep_below("f", 15)}),
                 [](const auto& v) { return std::vector{himmelblau(v[0], v[1])}; }});
  out.push_back({"branin, currin 2-D",
                 experiment({real("x", 0, 1), real("y", 0, 1)}, {keep_below("b", 20), keep_below("c", 8)}),
                 [](const auto& v) {
                   return std::vector{branin(15 * v[0] - 5, 15 * v[1]), currin(v[0], v[1])};
                 }});
  out.push_back(
      {"shell 3-D", experiment(cube(3, 0, 1), {keep_below("out", 0.40), keep_below("in", -0.36)}), [](const auto& v) {
         double r = 0;
         for (double x : v) r += square(x - 0.5);
         return std::vector{std::sqrt(r), -std::sqrt(r)};
       }});
  out.push_back({"kinds 4-D, log",
                 experiment({logarithmic(real("rate", 1e-5, 1)), real("share", 0, 1),
                             categorical("kind", {"a", "b", "c"}), real("weight", 0, 1)},
                            {keep_below("loss", 0.25), keep_below("seconds", 1.2)}),
                 [](const auto& v) {
                   const double rate = std::log10(v[0]) + 2.5 + 0.5 * v[2];
                   return std::vector{0.2 * square(rate) + square(v[1] - 0.3 * v[2]) + 0.1 * square(v[3] - 0.5),
                                      1 + 0.4 * v[1] * (1 + v[2]) - 0.3 * v[3]};
                 }});
  out.push_back(
      {"hartmann 6-D", experiment(cube(6, 0, 1), {keep_below("h", -1.2), keep_below("sum", 3)}), [](const auto& v) {
         double sum = 0;
         for (double x : v) sum += x;
         return std::vector{hartmann6(v), sum};
       }});
  return out;
}

bool meets_all(const definition& d, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!meets(d.metrics[i], values[i])) return false;
  return true;
}

std::vector<assignments> region(const wanted& p, const space& domain) {
  constexpr std::size_t enough = 500;
  constexpr int most = 200'000;
  random_source random(1);
  std::vector<assignments> out;
  std::vector<double> u(domain.size());
  for (int i = 0; i < most && out.size() < enough; ++i) {
    for (double& v : u) v = random.uniform();
    auto x = domain.from_unit(u);
    if (meets_all(p.what, p.evaluate(x.values))) out.push_back(std::move(x));
  }
  return out;
}

struct outcome {
  double met = 0, mean = 1, greatest = 1;
};

outcome run(const wanted& p, const std::vector<assignments>& all, const std::string& sampler, std::uint64_t trials,
            std::uint32_t parallel, std::uint64_t seed) {
  auto d = p.what;
  d.observation_budget = trials;
  d.parallel_bandwidth = parallel;
  d.seed = seed;
  own tuner(sampler);
  tuner.begin(d);
  const auto domain = test::must(validate(d));
  std::deque<tuner::asked> running;
  std::vector<assignments> met;
  for (std::uint64_t begun = 0; begun < trials || !running.empty();) {
    while (begun < trials && running.size() < parallel) {
      running.push_back(tuner.ask());
      ++begun;
    }
    const auto x = running.front();
    running.pop_front();
    const auto values = p.evaluate(x.point.values);
    tuner.tell(x.id, values);
    if (meets_all(d, values)) met.push_back(x.point);
  }
  outcome out;
  if (met.empty()) return out;
  out = {static_cast<double>(met.size()), 0, 0};
  for (const auto& a : all) {
    double least = 1e300;
    for (const auto& b : met) least = std::min(least, unlikeness(domain, a, b));
    least /= std::sqrt(static_cast<double>(domain.size()));
    out.mean += least / static_cast<double>(all.size());
    out.greatest = std::max(out.greatest, least);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  sweep asked{10, 80, 4, {}, {"auto", "tpe", "sobol", "uniform"}};
  asked.read(argc, argv);
  std::printf(
      "| problem | share of the space | sampler | meet all | mean distance | greatest |\n|---|---|---|---|---|---|\n");
  for (const auto& p : all_wanted()) {
    if (!asked.wants(p.name)) continue;
    const auto domain = test::must(validate(p.what));
    const auto all = region(p, domain);
    random_source random(2);
    std::vector<double> u(domain.size());
    int inside = 0;
    constexpr int draws = 20'000;
    for (int i = 0; i < draws; ++i) {
      for (double& v : u) v = random.uniform();
      inside += meets_all(p.what, p.evaluate(domain.from_unit(u).values));
    }
    for (const auto& sampler : asked.samplers) {
      std::vector<double> met, mean, greatest;
      for (std::uint64_t seed = 1; seed <= asked.seeds; ++seed) {
        const auto r = run(p, all, sampler, asked.trials, asked.parallel, seed);
        met.push_back(r.met);
        mean.push_back(r.mean);
        greatest.push_back(r.greatest);
      }
      std::printf("| %s | %.2f %% | %s | %.0f | %.3f | %.3f |\n", p.name.c_str(), 100.0 * inside / draws,
                  sampler.c_str(), median(met), median(mean), median(greatest));
      std::fflush(stdout);
    }
  }
}
