// What it would be worth to know how noise varies over the space: functions whose noise depends on the configuration,
// tuned by gp with each value's true deviation (as `value_stddev`), without it (one noise is fitted), and by tpe.
//   uneven_noise [--seeds N] [--trials N] [--parallel K] [--only WORD]
// Nobody can fit a noise that varies better than to know it, so what the first gains over the second is the most that a
// fitted one could. Printed are medians over the seeds, with quartiles, of two normalized regrets without noise (0 at
// the optimum, 1 at the median of random configurations): of the trial that looked best, and the least of all trials.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "bench/problems/functions.hpp"
#include "bench/quantile.hpp"
#include "bench/sweep.hpp"
#include "core/random.hpp"
#include "optimizer/study.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;
using test::experiment;
using test::minimize;
using test::must;
using test::real;

namespace {

using numbers = std::vector<double>;

struct uneven_problem {
  std::string name;
  definition what;
  std::function<double(const numbers&)> loss, deviation;
  double best = 0;
};

std::vector<uneven_problem> all_uneven() {
  auto bowl = [](const numbers& x) {
    double sum = 0;
    for (double v : x) sum += square(v - 0.6);
    return sum;
  };
  std::vector<uneven_problem> out;
  out.push_back({"branin 2-D, louder to the right", experiment({real("x", -5, 10), real("y", 0, 15)}, {minimize("f")}),
                 [](const numbers& x) { return branin(x[0], x[1]); },
                 [](const numbers& x) { return 0.5 + 30 * square((x[0] + 5) / 15); }, 0.397887});
  out.push_back({"hartmann 6-D, louder along x0", experiment(cube(6, 0, 1), {minimize("f")}), hartmann6,
                 [](const numbers& x) { return 0.02 + 0.8 * square(x[0]); }, -3.32237});
  out.push_back({"bowl 5-D, loud far off", experiment(cube(5, 0, 1), {minimize("f")}), bowl,
                 [=](const numbers& x) { return 0.005 + 0.5 * bowl(x); }, 0});
  out.push_back({"bowl 5-D, loud at the bottom", experiment(cube(5, 0, 1), {minimize("f")}), bowl,
                 [=](const numbers& x) { return 0.005 + 0.15 * std::exp(-5 * bowl(x)); }, 0});
  return out;
}

/// The median of random configurations.
double typical(const uneven_problem& p) {
  const auto domain = must(validate(p.what));
  random_source random(1);
  std::vector<double> all;
  numbers u(domain.size());
  for (int i = 0; i < 1001; ++i) {
    for (double& v : u) v = random.uniform();
    all.push_back(p.loss(domain.from_unit(u).values));
  }
  return median(std::move(all));
}

struct way {
  const char *name, *sampler;
  bool told;
};
constexpr way ways[] = {{"gp, told", "gp", true}, {"gp, not told", "gp", false}, {"tpe", "tpe", false}};

struct regrets {
  double looked_best = 1, least = 1;
};

regrets run(const uneven_problem& p, const way& by, const sweep& s, std::uint64_t seed) {
  auto d = p.what;
  d.seed = seed;
  d.sampler.name = by.sampler;
  d.observation_budget = s.trials;
  d.parallel_bandwidth = s.parallel;
  auto tuning = must(study::make(d));
  random_source random(derive_seed(seed, 0x0e5e));
  std::deque<study::suggestion> running;
  double seen = HUGE_VAL, truth_of_seen = HUGE_VAL, least = HUGE_VAL;
  for (std::uint64_t begun = 0; begun < s.trials || !running.empty();) {
    while (begun < s.trials && running.size() < s.parallel) {
      running.push_back(must(tuning.ask()));
      ++begun;
    }
    const auto x = running.front();
    running.pop_front();
    const double truth = p.loss(x.point.values), deviation = p.deviation(x.point.values);
    const double value = truth + deviation * random.normal();
    measurement m{"f", value, {}};
    if (by.told) m.stddev = deviation;
    must(tuning.tell(x.trial, {m}));
    least = std::min(least, truth);
    if (value < seen) {
      seen = value;
      truth_of_seen = truth;
    }
  }
  const double unit = typical(p) - p.best;
  return {(truth_of_seen - p.best) / unit, (least - p.best) / unit};
}

}  // namespace

int main(int argc, char** argv) {
  sweep s{10, 60, 2, {}, {}};
  s.read(argc, argv);
  std::printf("| problem | trials by | of the trial that looked best | least of all |\n|---|---|---|---|\n");
  for (const auto& p : all_uneven()) {
    if (!s.wants(p.name)) continue;
    for (const auto& by : ways) {
      std::vector<double> looked_best, least;
      for (std::uint64_t seed = 1; seed <= s.seeds; ++seed) {
        const auto r = run(p, by, s, seed);
        looked_best.push_back(r.looked_best);
        least.push_back(r.least);
      }
      std::printf("| %s | %s | %.3g (%.3g to %.3g) | %.3g (%.3g to %.3g) |\n", p.name.c_str(), by.name,
                  median(looked_best), quantile(looked_best, 0.25), quantile(looked_best, 0.75), median(least),
                  quantile(least, 0.25), quantile(least, 0.75));
      std::fflush(stdout);
    }
  }
}
