// Compares samplers on problems whose best values are known:
//   bench_samplers [--seeds N] [--trials N] [--parallel N] [--only WORD] [SAMPLER …]
// Prints the median regret over the seeds with its quartiles, as a Markdown table; less is better. Regret is the
// distance of the best feasible value to the best there is; of several objectives, the share of the greatest
// hypervolume that is missing.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "bench/problems.hpp"
#include "core/hypervolume.hpp"
#include "core/summary.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;

namespace {

struct settings {
  std::uint64_t seeds = 24, trials = 100;
  std::uint32_t parallel = 1;
  std::string only;
  std::vector<std::string> samplers;
};

double regret(const problem& p, const ledger& book) {
  const auto optimized = metrics_with(p.what, strategy::optimize);
  if (optimized.size() == 1) {
    auto best = book.summary().best(optimized[0]);
    return best ? best->value - p.best : std::numeric_limits<double>::infinity();
  }
  std::vector<std::vector<double>> points;
  for (auto id : book.summary().front()) points.push_back(book.find(id)->values);
  return 1 - hypervolume(points, p.worst) / p.best;
}

double run(const problem& p, const std::string& sampler, std::uint64_t seed, const settings& s) {
  auto d = p.what;
  d.sampler.name = sampler;
  d.seed = seed;
  d.observation_budget = s.trials;
  d.parallel_bandwidth = s.parallel;
  test::engine_driver world(d);
  std::deque<issued> running;
  for (std::uint64_t i = 0; i < s.trials; ++i) {
    running.push_back(world.ask_now());
    if (running.size() < s.parallel && i + 1 < s.trials) continue;
    while (running.size() >= s.parallel || (i + 1 == s.trials && !running.empty())) {
      auto x = running.front();
      running.pop_front();
      auto values = p.evaluate(x.point);
      complete done{x.trial, x.attempt, {}};
      for (std::size_t m = 0; m < values.size(); ++m) done.values.push_back({d.metrics[m].name, values[m], {}});
      test::must(world.call(done));
    }
  }
  return regret(p, world.book());
}

double quantile(std::vector<double> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto high = std::min(low + 1, sorted.size() - 1);
  if (sorted[low] == sorted[high]) return sorted[low];
  return std::lerp(sorted[low], sorted[high], at - static_cast<double>(low));
}

settings read(int argc, char** argv) {
  settings s;
  for (int i = 1; i < argc; ++i) {
    auto number = [&] { return std::strtoull(i + 1 < argc ? argv[++i] : "0", nullptr, 10); };
    if (!std::strcmp(argv[i], "--seeds"))
      s.seeds = number();
    else if (!std::strcmp(argv[i], "--trials"))
      s.trials = number();
    else if (!std::strcmp(argv[i], "--parallel"))
      s.parallel = static_cast<std::uint32_t>(number());
    else if (!std::strcmp(argv[i], "--only"))
      s.only = i + 1 < argc ? argv[++i] : "";
    else
      s.samplers.emplace_back(argv[i]);
  }
  if (s.samplers.empty()) s.samplers = {"tpe", "sobol", "uniform"};
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  const auto s = read(argc, argv);
  std::printf("| problem |");
  for (const auto& name : s.samplers) std::printf(" %s |", name.c_str());
  std::printf("\n|---|");
  for (std::size_t i = 0; i < s.samplers.size(); ++i) std::printf("---|");
  std::printf("\n");
  const auto began = std::chrono::steady_clock::now();
  for (const auto& p : problems()) {
    if (p.name.find(s.only) == std::string::npos) continue;
    std::printf("| %s |", p.name.c_str());
    for (const auto& sampler : s.samplers) {
      std::vector<double> all;
      for (std::uint64_t seed = 1; seed <= s.seeds; ++seed) all.push_back(run(p, sampler, seed, s));
      std::ranges::sort(all);
      std::printf(" %.3g (%.3g to %.3g) |", quantile(all, 0.5), quantile(all, 0.25), quantile(all, 0.75));
      std::fflush(stdout);
    }
    std::printf("\n");
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("\n%llu seeds, %llu trials, %u at a time; %.0f s\n", static_cast<unsigned long long>(s.seeds),
              static_cast<unsigned long long>(s.trials), s.parallel, took.count());
}
