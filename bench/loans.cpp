// The credit model of examples/loans, tuned in this process: bench_loans [--seeds N] [--random N] [SAMPLER …]
//
// For each sampler (by default auto), the job of configs/jobs/loans.json with so many seeds (by default 10), two trials
// at a time that take random times: the least loss and the best AUCPR of each run's 60 trials, and their medians. First
// the same of so many random configurations (by default 600), five times. A sampler is the better the lower the first
// and the higher the second, at once.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench/loans_trainer.hpp"
#include "bench/own.hpp"
#include "bench/quantile.hpp"
#include "core/random.hpp"
#include "io/job_file.hpp"
#include "loans/training.hpp"

using namespace vilfredo;

namespace {

constexpr std::uint64_t random_sets = 5;

struct best {
  double aucpr = 0, lost = 1e300;
  void add(const loans::scores& x) {
    aucpr = std::max(aucpr, x.aucpr);
    lost = std::min(lost, x.dollars_lost);
  }
};

void print(const std::string& who, const best& x) {
  std::printf("| %s | %.4f | %.2f |\n", who.c_str(), x.aucpr, x.lost);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 10;
  int random_trials = 600;
  std::vector<std::string> samplers;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--seeds") && i + 1 < argc)
      seeds = std::strtoull(argv[++i], nullptr, 10);
    else if (!std::strcmp(argv[i], "--random") && i + 1 < argc)
      random_trials = std::atoi(argv[++i]);
    else
      samplers.emplace_back(argv[i]);
  }
  if (samplers.empty()) samplers = {"auto"};
  const std::string root = VILFREDO_SOURCE_DIR;
  bench::problem job{"loans", "loans", test::must(io::read_job_file(root + "/configs/jobs/loans.json")), {}};
  const auto domain = test::must(validate(job.what));
  const auto data = bench::loan_applications(root);
  auto train = [&](const assignments& x) {
    return loans::train(bench::loan_parameters(domain, x), data, [](int, const loans::scores&) {});
  };
  std::printf("| | best AUCPR | least loss |\n|---|---|---|\n");
  std::vector<double> u(domain.size()), aucpr_by_chance, lost_by_chance;
  for (std::uint64_t set = 1; random_trials > 0 && set <= random_sets; ++set) {
    best by_chance;
    random_source random(set);
    for (int i = 0; i < random_trials; ++i) {
      for (double& v : u) v = random.uniform();
      by_chance.add(train(domain.from_unit(u)));
    }
    print(std::to_string(random_trials) + " random, set " + std::to_string(set), by_chance);
    aucpr_by_chance.push_back(by_chance.aucpr);
    lost_by_chance.push_back(by_chance.lost);
  }
  if (!aucpr_by_chance.empty())
    print(std::to_string(random_trials) + " random, median",
          {bench::median(aucpr_by_chance), bench::median(lost_by_chance)});
  job.worst = {0, 187};  // approving everybody
  job.best = 187;
  const auto trials = job.what.observation_budget.value_or(60);
  for (const auto& name : samplers) {
    std::vector<double> aucpr, lost;
    bench::own sampler(name);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      best found;
      job.evaluate = [&](const assignments& x) {
        const auto got = train(x);
        found.add(got);
        return std::vector{got.aucpr, got.dollars_lost, got.accuracy};
      };
      bench::race(job, sampler, {trials, job.what.parallel_bandwidth, seed, {trials}});
      print(name + ", seed " + std::to_string(seed), found);
      std::fflush(stdout);
      aucpr.push_back(found.aucpr);
      lost.push_back(found.lost);
    }
    print(name + ", median", {bench::median(aucpr), bench::median(lost)});
  }
}
