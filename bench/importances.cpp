// What the shares of `importances` are worth: against the true ones of functions that are known, from histories of
// searches that have settled and of random trials.
//   importances [--seeds N] [--trials N] [--parallel K] [--only WORD] [SAMPLER …]
// There are two kinds of true shares. Those of Sobol': how much of the function's variance would be left if all other
// parameters were known (total indices, Jansen 1999). And those of the best tenth: the first-order indices of being
// among the best tenth of the space, which is what PED-ANOVA estimates. For each sampler that made the history are
// printed, as means over the seeds, the rank correlation with the true shares (which are alike where they differ by
// less than 0.01) and the distance from them (the part that is attributed to the wrong parameters, from 0 to 1).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <numbers>
#include <numeric>
#include <string>

#include "bench/own.hpp"
#include "bench/problems/functions.hpp"
#include "bench/quantile.hpp"
#include "bench/sweep.hpp"
#include "core/random.hpp"
#include "optimizer/importance.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;
using test::categorical;
using test::experiment;
using test::integer;
using test::logarithmic;
using test::minimize;
using test::real;

namespace {

struct known_function {
  std::string name;
  definition what;
  std::function<double(const std::vector<double>&)> loss;
};

std::vector<known_function> all_known() {
  std::vector<known_function> out;
  out.push_back({"sum, weights 5 3 2 1 0 0", experiment(cube(6, 0, 1), {minimize("f")}),
                 [](const auto& v) { return 5 * v[0] + 3 * v[1] + 2 * v[2] + v[3]; }});
  out.push_back({"bowl, weights 9 4 2 1 0 0", experiment(cube(6, 0, 1), {minimize("f")}), [](const auto& v) {
                   return 9 * square(v[0] - 0.3) + 4 * square(v[1] - 0.7) + 2 * square(v[2] - 0.4) +
                          square(v[3] - 0.55);
                 }});
  out.push_back(
      {"ishigami", experiment(cube(3, -std::numbers::pi, std::numbers::pi), {minimize("f")}), [](const auto& v) {
         return std::sin(v[0]) + 7 * square(std::sin(v[1])) + 0.1 * std::pow(v[2], 4) * std::sin(v[0]);
       }});
  out.push_back(
      {"hartmann 6-D", experiment(cube(6, 0, 1), {minimize("f")}), [](const auto& v) { return hartmann6(v); }});
  out.push_back({"branin and three idle",
                 experiment({real("x", -5, 10), real("y", 0, 15), real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)},
                            {minimize("f")}),
                 [](const auto& v) { return branin(v[0], v[1]); }});
  out.push_back(
      {"brew", experiment({logarithmic(real("grind", 100, 1500)), real("heat", 80, 100)}, {minimize("f")}),
       [](const auto& v) { return -std::exp(-square(std::log(v[0] / 300))) * std::exp(-square((v[1] - 93) / 6)); }});
  out.push_back({"mixed",
                 experiment({logarithmic(real("rate", 1e-5, 1)), integer("layers", 1, 8),
                             categorical("kind", {"a", "b", "c"}), real("drop", 0, 0.9), real("idle", 0, 1)},
                            {minimize("f")}),
                 [](const auto& v) {
                   return square(std::log10(v[0]) + 2.5) + 0.1 * std::abs(v[1] - 5) +
                          (v[2] == 1   ? 0
                           : v[2] == 0 ? 1.5
                                       : 0.7) +
                          0.3 * v[3];
                 }});
  out.push_back({"g 8-D", experiment(cube(8, 0, 1), {minimize("f")}), [](const auto& v) {
                   constexpr double a[] = {0, 1, 4.5, 9, 99, 99, 99, 99};
                   double p = 1;
                   for (std::size_t i = 0; i < 8; ++i) p *= (std::abs(4 * v[i] - 2) + a[i]) / (1 + a[i]);
                   return -p;
                 }});
  return out;
}

/// Shares of a sum, too little to tell from nothing left out.
std::vector<double> shares(std::vector<double> x) {
  constexpr double nothing = 0.005;
  for (int round = 0; round < 2; ++round) {
    const double sum = std::accumulate(x.begin(), x.end(), 0.0);
    for (double& v : x) v = v < nothing * sum ? 0 : v / sum;
  }
  return x;
}

std::vector<double> anywhere(const space& domain, random_source& random) {
  std::vector<double> u(domain.size());
  for (double& v : u) v = random.uniform();
  return u;
}

std::vector<double> sobol_shares(const known_function& f, const space& domain) {
  constexpr int draws = 20000;
  random_source random(1);
  std::vector<double> sum(domain.size(), 0);
  for (int k = 0; k < draws; ++k) {
    auto u = anywhere(domain, random);
    const double y = f.loss(domain.from_unit(u).values);
    for (std::size_t i = 0; i < u.size(); ++i) {
      const double before = u[i];
      u[i] = random.uniform();
      sum[i] += square(y - f.loss(domain.from_unit(u).values));
      u[i] = before;
    }
  }
  return shares(std::move(sum));
}

std::vector<double> best_tenth_shares(const known_function& f, const space& domain) {
  constexpr std::size_t draws = 200000, most_bins = 64;
  random_source random(2);
  std::vector<std::vector<double>> points;
  std::vector<double> losses;
  for (std::size_t k = 0; k < draws; ++k) {
    points.push_back(anywhere(domain, random));
    losses.push_back(f.loss(domain.from_unit(points.back()).values));
  }
  const double limit = quantile(losses, 0.1);
  double mean = 0;
  for (double y : losses) mean += (y <= limit ? 1.0 : 0.0) / draws;
  std::vector<double> out;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto& categories = domain.dimensions()[i].categories;
    const auto bins = categories.empty() ? most_bins : categories.size();
    std::vector<double> good(bins, 0), all(bins, 0);
    for (std::size_t k = 0; k < draws; ++k) {
      const auto bin = static_cast<std::size_t>(points[k][i] * static_cast<double>(bins));
      ++all[bin];
      good[bin] += losses[k] <= limit ? 1 : 0;
    }
    double variance = -mean * (1 - mean) * static_cast<double>(bins) / draws;  // what chance makes
    for (std::size_t b = 0; b < bins; ++b) variance += all[b] / draws * square(good[b] / all[b] - mean);
    out.push_back(std::max(0.0, variance));
  }
  return shares(std::move(out));
}

history searched(const known_function& f, const std::string& sampler, const sweep& asked, std::uint64_t seed) {
  auto d = f.what;
  d.observation_budget = asked.trials;
  d.parallel_bandwidth = asked.parallel;
  d.seed = seed;
  own tuner(sampler);
  tuner.begin(d);
  std::deque<tuner::asked> running;
  history seen;
  for (std::uint64_t begun = 0; begun < asked.trials || !running.empty();) {
    while (begun < asked.trials && running.size() < asked.parallel) {
      running.push_back(tuner.ask());
      ++begun;
    }
    const auto x = running.front();
    running.pop_front();
    observation o;
    o.id = {seen.size() + 1};
    o.point = x.point;
    o.values = {f.loss(x.point.values)};
    tuner.tell(x.id, o.values);
    seen.append(std::move(o));
  }
  return seen;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr double alike = 0.01;
  auto ranks = [](const std::vector<double>& x) {
    std::vector<double> out;
    for (double v : x) {
      double rank = -static_cast<double>(x.size()) / 2;
      for (double w : x) rank += w < v - alike ? 1 : w <= v + alike ? 0.5 : 0;
      out.push_back(rank);
    }
    return out;
  };
  const auto x = ranks(a), y = ranks(b);
  const double xy = std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
  const double xx = std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
  const double yy = std::inner_product(y.begin(), y.end(), y.begin(), 0.0);
  return xx * yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]) / 2;
  return sum;
}

struct score {
  double correlation[2] = {}, apart[2] = {};  // Sobol', best tenth

  void add(const score& x, double weight) {
    for (std::size_t k : {0u, 1u}) {
      correlation[k] += weight * x.correlation[k];
      apart[k] += weight * x.apart[k];
    }
  }
  void print(const std::string& name, const std::string& sampler) const {
    std::printf("| %s | %s | %.2f, %.2f | %.2f, %.2f |\n", name.c_str(), sampler.c_str(), correlation[0],
                correlation[1], apart[0], apart[1]);
    std::fflush(stdout);
  }
};

}  // namespace

int main(int argc, char** argv) {
  sweep asked{8, 60, 4, {}, {"gp", "tpe", "uniform"}};
  asked.read(argc, argv);
  std::printf("| function | history by | rank correlation: Sobol', best tenth | distance: Sobol', best tenth |\n");
  std::printf("|---|---|---|---|\n");
  auto all = all_known();
  std::erase_if(all, [&](const known_function& f) { return !asked.wants(f.name); });
  std::vector<score> overall(asked.samplers.size());
  for (const auto& f : all) {
    const auto domain = test::must(validate(f.what));
    const std::vector<double> truth[] = {sobol_shares(f, domain), best_tenth_shares(f, domain)};
    for (std::size_t s = 0; s < asked.samplers.size(); ++s) {
      score mean;
      for (std::uint64_t seed = 1; seed <= asked.seeds; ++seed) {
        const auto found = importances(f.what, domain, searched(f, asked.samplers[s], asked, seed), 0);
        score one;
        for (std::size_t k : {0u, 1u}) {
          one.correlation[k] = rank_correlation(found, truth[k]);
          one.apart[k] = distance(found, truth[k]);
        }
        mean.add(one, 1 / static_cast<double>(asked.seeds));
      }
      mean.print(f.name, asked.samplers[s]);
      overall[s].add(mean, 1 / static_cast<double>(all.size()));
    }
  }
  for (std::size_t s = 0; s < asked.samplers.size(); ++s) overall[s].print("all", asked.samplers[s]);
}
