// What `num_solutions` is worth: k good configurations that are unlike one another, on functions with several optima.
//   solutions [--seeds N] [--trials N] [--parallel K] [--only WORD] [SAMPLER …]
// For each sampler with num_solutions = k and = 1 are printed, as medians over the seeds: the normalized regret (0 at
// the optimum, 1 at the median of random configurations) of the best trial and of the last of the k that
// `best_assignments` shows, how far the two of these lie apart that are most alike, and how many of the optima are
// among the k (nearer than a tenth to one, by the root of the number of parameters, in the unit cube).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <numbers>
#include <string>

#include "bench/own.hpp"
#include "bench/problems/functions.hpp"
#include "bench/quantile.hpp"
#include "bench/sweep.hpp"
#include "core/random.hpp"
#include "core/solutions.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;
using test::experiment;
using test::minimize;
using test::real;

namespace {

struct hilly {
  std::string name;
  definition what;
  std::function<double(const std::vector<double>&)> loss;
  double best = 0;
  std::vector<std::vector<double>> optima;  // as many solutions are wanted
};

double valleys(const std::vector<double>& v, const std::vector<std::vector<double>>& centres) {
  double least = 1e300;
  for (const auto& c : centres) {
    double sum = 0;
    for (std::size_t i = 0; i < c.size(); ++i) sum += square(v[i] - c[i]);
    least = std::min(least, sum);
  }
  double ripple = 0;
  for (double x : v) ripple += square(std::sin(3 * std::numbers::pi * x));
  return least + 0.02 * ripple * std::min(1.0, 20 * least);
}

std::vector<hilly> all_hilly() {
  std::vector<hilly> out;
  out.push_back({"branin 2-D, 3 optima",
                 experiment({real("x", -5, 10), real("y", 0, 15)}, {minimize("f")}),
                 [](const auto& v) { return branin(v[0], v[1]); },
                 0.397887,
                 {{-3.14159, 12.275}, {3.14159, 2.275}, {9.42478, 2.475}}});
  out.push_back({"himmelblau 2-D, 4 optima",
                 experiment({real("x", -5, 5), real("y", -5, 5)}, {minimize("f")}),
                 [](const auto& v) { return square(v[0] * v[0] + v[1] - 11) + square(v[0] + v[1] * v[1] - 7); },
                 0,
                 {{3, 2}, {-2.805118, 3.131312}, {-3.779310, -3.283186}, {3.584428, -1.848126}}});
  out.push_back({"six-hump camel 2-D, 2 optima",
                 experiment({real("x", -3, 3), real("y", -2, 2)}, {minimize("f")}),
                 [](const auto& v) {
                   const double x2 = v[0] * v[0], y2 = v[1] * v[1];
                   return (4 - 2.1 * x2 + x2 * x2 / 3) * x2 + v[0] * v[1] + (4 * y2 - 4) * y2;
                 },
                 -1.031628,
                 {{0.0898, -0.7126}, {-0.0898, 0.7126}}});
  const std::vector<std::vector<double>> centres{{0.2, 0.2, 0.3, 0.7}, {0.8, 0.3, 0.8, 0.2}, {0.3, 0.9, 0.6, 0.4}};
  out.push_back({"valleys 4-D, 3 optima", experiment(cube(4, 0, 1), {minimize("f")}),
                 [centres](const auto& v) { return valleys(v, centres); }, 0, centres});
  return out;
}

struct outcome {
  double best = 1, last = 1, apart = 0, found = 0;
};

outcome run(const hilly& p, double typical, const std::string& sampler, bool several, std::uint64_t trials,
            std::uint32_t parallel, std::uint64_t seed) {
  auto d = p.what;
  d.observation_budget = trials;
  d.parallel_bandwidth = parallel;
  d.seed = seed;
  if (several) d.num_solutions = static_cast<std::uint32_t>(p.optima.size());
  own tuner(sampler);
  tuner.begin(d);
  const auto domain = test::must(validate(d));
  std::deque<tuner::asked> running;
  history seen;
  for (std::uint64_t begun = 0; begun < trials || !running.empty();) {
    while (begun < trials && running.size() < parallel) {
      running.push_back(tuner.ask());
      ++begun;
    }
    const auto x = running.front();
    running.pop_front();
    const double loss = p.loss(x.point.values);
    tuner.tell(x.id, {loss});
    observation o;
    o.id = {seen.size() + 1};
    o.point = x.point;
    o.values = {loss};
    seen.append(std::move(o));
  }
  d.num_solutions = static_cast<std::uint32_t>(p.optima.size());
  std::vector<const observation*> shown;
  for (auto id : solutions(d, domain, seen)) shown.push_back(&seen[id.number - 1]);
  auto regret = [&](const observation* x) { return std::max(0.0, (x->values[0] - p.best) / (typical - p.best)); };
  outcome out{regret(shown.front()), regret(shown.back()), 1e300, 0};
  const double diagonal = std::sqrt(static_cast<double>(domain.size()));
  for (std::size_t i = 0; i < shown.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      out.apart = std::min(out.apart, unlikeness(domain, shown[i]->point, shown[j]->point) / diagonal);
  for (const auto& optimum : p.optima)
    out.found += std::ranges::any_of(
        shown, [&](const observation* x) { return unlikeness(domain, x->point, {optimum}) < 0.1 * diagonal; });
  return out;
}

double typical_loss(const hilly& p) {
  constexpr int draws = 1001;
  const auto domain = test::must(validate(p.what));
  random_source random(1);
  std::vector<double> all, u(domain.size());
  for (int i = 0; i < draws; ++i) {
    for (double& v : u) v = random.uniform();
    all.push_back(p.loss(domain.from_unit(u).values));
  }
  std::ranges::nth_element(all, all.begin() + draws / 2);
  return all[draws / 2];
}

}  // namespace

int main(int argc, char** argv) {
  sweep asked{10, 80, 4, {}, {"auto"}};
  asked.read(argc, argv);
  std::printf("| problem | sampler | num_solutions | best | last of k | apart | optima found |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const auto& p : all_hilly()) {
    if (!asked.wants(p.name)) continue;
    const double typical = typical_loss(p);
    for (const auto& sampler : asked.samplers)
      for (bool several : {false, true}) {
        std::vector<double> best, last, apart, found;
        for (std::uint64_t seed = 1; seed <= asked.seeds; ++seed) {
          const auto r = run(p, typical, sampler, several, asked.trials, asked.parallel, seed);
          best.push_back(r.best);
          last.push_back(r.last);
          apart.push_back(r.apart);
          found.push_back(r.found);
        }
        std::printf("| %s | %s | %s | %.2g | %.2g | %.2f | %.1f |\n", p.name.c_str(), sampler.c_str(),
                    several ? "k" : "1", median(best), median(last), median(apart), median(found));
        std::fflush(stdout);
      }
  }
}
