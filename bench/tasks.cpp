// What cheaper tasks are worth: functions of which cheap approximations exist, tuned with and without these.
//   tasks [--seeds N] [--trials N] [--parallel K] [--only WORD] [SAMPLER …]
// Both spend the same budget of full trials. Printed is the normalized regret of the best full trial (0 at the optimum,
// 1 at the median of random configurations) when a third, two thirds and all of the budget are spent: medians over the
// seeds, with quartiles at the end; and how many trials of each task the budget went to.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "bench/problems/functions.hpp"
#include "bench/quantile.hpp"
#include "bench/sweep.hpp"
#include "core/random.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;
using test::experiment;
using test::minimize;
using test::real;

namespace {

/// A loss at a fidelity from 0 to 1, which is what a task of that cost gives.
struct graded_problem {
  std::string name;
  definition what;
  std::vector<task> tasks;
  std::function<double(const std::vector<double>&, double)> loss;
  double best = 0;
};

constexpr std::size_t marks = 3;

/// Of Xiong, Qian & Wu 2013: the mean of the function at four corners around.
double coarse_currin(double x, double y) {
  const double low = std::max(0.0, y - 0.05);
  return (currin(x + 0.05, y + 0.05) + currin(x + 0.05, low) + currin(x - 0.05, y + 0.05) + currin(x - 0.05, low)) / 4;
}

/// The flow through a borehole (Morris, Mitchell & Ylvisaker 1993), and its cheap form (Xiong, Qian & Wu 2013).
double borehole(const std::vector<double>& v, double a, double b) {
  const double r = std::log(v[1] / v[0]);
  return a * v[2] * (v[3] - v[5]) / (r * (b + 2 * v[6] * v[2] / (r * v[0] * v[0] * v[7]) + v[2] / v[4]));
}

std::vector<graded_problem> all_graded() {
  const std::vector<task> three{{"small", 0.1}, {"middle", 0.3}, {"full", 1}}, two{{"small", 0.1}, {"full", 1}};
  std::vector<graded_problem> out;
  // Branin and Hartmann as BoTorch augments them: a parameter of the function moves with the fidelity.
  out.push_back({"branin 2-D", experiment({real("x", -5, 10), real("y", 0, 15)}, {minimize("f")}), three,
                 [](const auto& v, double s) {
                   constexpr double pi = 3.14159265358979;
                   const double b = 5.1 / (4 * pi * pi) - 0.1 * (1 - s);
                   return square(v[1] - b * v[0] * v[0] + 5 / pi * v[0] - 6) +
                          10 * (1 - 1 / (8 * pi)) * std::cos(v[0]) + 10;
                 },
                 0.397887});
  out.push_back({"hartmann 6-D", experiment(cube(6, 0, 1), {minimize("f")}), three,
                 [](const auto& v, double s) {
                   auto moved = v;
                   for (double& x : moved) x += 0.03 * (1 - s);
                   return hartmann6(moved) * (0.8 + 0.2 * s) + 0.3 * (1 - s);
                 },
                 -3.32237});
  out.push_back({"currin 2-D", experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("f")}), two,
                 [](const auto& v, double s) { return s < 1 ? -coarse_currin(v[0], v[1]) : -currin(v[0], v[1]); },
                 -13.7987});
  out.push_back(
      {"borehole 8-D",
       experiment({real("rw", 0.05, 0.15), real("r", 100, 50000), real("Tu", 63070, 115600), real("Hu", 990, 1110),
                   real("Tl", 63.1, 116), real("Hl", 700, 820), real("L", 1120, 1680), real("Kw", 9855, 12045)},
                  {minimize("f")}),
       two, [](const auto& v, double s) { return s < 1 ? -borehole(v, 5, 1.5) : -borehole(v, 6.283185307, 1); },
       -309.523221});
  // A network's loss by learning rate and size after a part of the epochs: the rate that is best early is not at last.
  out.push_back({"training 3-D",
                 experiment({real("rate", -5, 0), real("size", 0, 1), real("decay", -4, 0)}, {minimize("f")}), three,
                 [](const auto& v, double s) {
                   const double rate = -2.5 + 0.6 * (1 - s);
                   const double asymptote = 0.2 + 0.1 * square(v[0] - rate) + 0.3 * square(v[1] - 0.6) +
                                            0.03 * square(v[2] + 2) + 0.05 * std::sin(6 * v[1] + v[0]);
                   return asymptote + 0.5 * std::exp(-4 * s) * (1 + 0.3 * v[1]);
                 },
                 0});
  return out;
}

double loss_at(const graded_problem& p, const assignments& x, double cost) { return p.loss(x.values, cost); }

struct scale {
  double best = 0, typical = 1;
};

/// The median of random configurations; where the least loss is not known by a formula, the least of many.
scale scale_of(const graded_problem& p) {
  constexpr int draws = 200'000, few = 1001;
  const auto domain = test::must(validate(p.what));
  random_source random(1);
  std::vector<double> all, u(domain.size());
  const bool known = p.best != 0;
  double least = p.best;
  for (int i = 0; i < (known ? few : draws); ++i) {
    for (double& v : u) v = random.uniform();
    all.push_back(loss_at(p, domain.from_unit(u), 1));
  }
  if (!known) least = *std::ranges::min_element(all);
  std::ranges::nth_element(all, all.begin() + std::ssize(all) / 2);
  return {least, all[all.size() / 2]};
}

struct outcome {
  std::vector<double> regrets;
  std::map<std::string, int> trials;
};

outcome run(const graded_problem& p, const scale& s, const std::string& sampler, bool with_tasks, std::uint64_t budget,
            std::uint32_t parallel, std::uint64_t seed) {
  auto d = p.what;
  d.sampler.name = sampler;
  d.observation_budget = budget;
  d.parallel_bandwidth = parallel;
  d.seed = seed;
  if (with_tasks) d.tasks = p.tasks;
  test::engine_driver world(d);
  std::deque<issued> running;
  outcome out;
  double best = s.typical;
  const auto& book = world.book();
  while (out.regrets.size() < marks) {
    while (running.size() < parallel && book.budget_left()) running.push_back(world.ask_now());
    if (running.empty()) break;
    const auto x = running.front();
    running.pop_front();
    const double cost = cost_of(d, x.task);
    const double loss = loss_at(p, x.point, cost);
    world.finish(x, loss);
    if (cost == 1) best = std::min(best, loss);
    ++out.trials[with_tasks ? task_of(d, x.task)->name : "full"];
    while (out.regrets.size() < marks &&
           book.consumed() * marks >= static_cast<double>(budget * (out.regrets.size() + 1)) - 1e-9)
      out.regrets.push_back(std::clamp((best - s.best) / (s.typical - s.best), 0.0, 1.0));
  }
  while (out.regrets.size() < marks)
    out.regrets.push_back(std::clamp((best - s.best) / (s.typical - s.best), 0.0, 1.0));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  sweep asked{10, 30, 1, {}, {"auto"}};
  asked.read(argc, argv);
  std::printf(
      "| problem | sampler | tasks | 1/3 | 2/3 | all | its quartiles | trials |\n|---|---|---|---|---|---|---|---|\n");
  for (const auto& p : all_graded()) {
    if (!asked.wants(p.name)) continue;
    const auto s = scale_of(p);
    for (const auto& sampler : asked.samplers)
      for (bool with_tasks : {false, true}) {
        std::vector<std::vector<double>> regrets(marks);
        std::map<std::string, int> trials;
        for (std::uint64_t seed = 1; seed <= asked.seeds; ++seed) {
          const auto r = run(p, s, sampler, with_tasks, asked.trials, asked.parallel, seed);
          for (std::size_t m = 0; m < marks; ++m) regrets[m].push_back(r.regrets[m]);
          for (const auto& [name, n] : r.trials) trials[name] += n;
        }
        std::printf("| %s | %s | %s |", p.name.c_str(), sampler.c_str(), with_tasks ? "yes" : "no");
        for (const auto& at : regrets) std::printf(" %.2g |", quantile(at, 0.5));
        std::printf(" %.2g to %.2g |", quantile(regrets[marks - 1], 0.25), quantile(regrets[marks - 1], 0.75));
        for (const auto& [name, n] : trials)
          std::printf(" %s %.0f", name.c_str(), static_cast<double>(n) / static_cast<double>(asked.seeds));
        std::printf(" |\n");
        std::fflush(stdout);
      }
  }
}
