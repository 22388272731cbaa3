// What samplers make of trials that were stopped or still run: tunes measured learning curves (bench/tables.hpp) in
// simulated time on the real engine, eight trials at a time. "asha-promotion" is asha that pauses trials; to pause and
// to go on cost nothing here.
//   multi_fidelity [--tables FOLDER] [--table WORD] [--seeds N] [--first N] [--trials N] [--workers N]
//                  [--sampler NAME]… [RULE …]
// All spend the same budget of steps, that of so many whole trials. Printed is the normalized regret of the best
// completed trial after a third, two thirds and all of it: 0 at the best loss that a long search found, 1 at the median
// of random configurations; the median over the seeds with its quartiles, and the geometric mean over all tables.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>

#include "bench/quantile.hpp"
#include "bench/tables.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::bench;

namespace {

struct settings {
  std::string folder = "tables", table;
  std::uint64_t seeds = 20, first = 1, trials = 60;
  std::uint32_t workers = 8;
  std::vector<std::string> samplers, rules;
};

constexpr std::size_t marks = 3;
constexpr double least_regret = 1e-4;  // less is luck

definition experiment_on(const learning_problem& p, const std::string& sampler, const std::string& rule,
                         std::uint64_t seed, const settings& s) {
  auto d = p.what;
  d.sampler.name = sampler;
  d.seed = seed;
  d.parallel_bandwidth = s.workers;
  if (rule == "none") return d;
  component named{rule.substr(0, rule.find('-')), {}};
  if (named.name == "asha") named.options["max_steps"] = static_cast<double>(p.checkpoints);
  if (rule == "asha-promotion") named.options["mode"] = std::string("promotion");
  d.early_stopping = {{named}};
  return d;
}

/// The regret at each mark.
std::vector<double> run(const learning_problem& p, const definition& d, const settings& s) {
  struct running {
    issued trial;
    learning_curve curve;
    std::size_t checkpoint = 0;
    double began = 0;
  };
  test::engine_driver world(d);
  std::map<std::pair<double, std::uint64_t>, running> due;  // by the time of the next report
  std::uint64_t tick = 0, steps = 0;
  double now = 0, best = p.typical;
  const auto budget = s.trials * p.checkpoints;
  std::map<std::uint64_t, running> paused;
  std::vector<double> out;
  auto schedule = [&](running r) {
    const double at = r.began + r.curve.seconds[r.checkpoint];
    due.emplace(std::pair{at, ++tick}, std::move(r));
  };
  auto begin = [&] {
    running r{world.ask_now(), {}, 0, now};
    if (auto before = paused.extract(r.trial.trial.number)) {
      r.curve = std::move(before.mapped().curve);
      r.checkpoint = before.mapped().checkpoint;
      r.began -= r.curve.seconds[r.checkpoint - 1];
    } else {
      r.curve = p.train(r.trial.point);
    }
    schedule(std::move(r));
  };
  for (std::uint32_t i = 0; i < s.workers; ++i) begin();
  while (out.size() < marks) {
    auto r = due.begin()->second;
    const double later = due.begin()->first.first;
    world.advance(std::chrono::duration_cast<duration>(std::chrono::duration<double>(later - now)));
    now = later;
    due.erase(due.begin());
    const double loss = r.curve.losses[r.checkpoint];
    const auto told = test::must(
        world.call(report{r.trial.trial, r.trial.attempt, static_cast<double>(++r.checkpoint), {{"y", loss, {}}}}));
    if (r.checkpoint == p.checkpoints) {
      world.finish(r.trial, loss);
      best = std::min(best, loss);
      begin();
    } else if (std::get<advice>(told).stop) {
      if (std::get<advice>(told).pause) {
        test::must(world.call(give_back{r.trial.trial, r.trial.attempt, return_cause::interrupted, "", true}));
        paused.emplace(r.trial.trial.number, std::move(r));
      }
      begin();
    } else {
      schedule(std::move(r));
    }
    if (++steps * marks >= budget * (out.size() + 1)) out.push_back((best - p.best) / (p.typical - p.best));
  }
  return out;
}

settings read_arguments(int argc, char** argv) {
  settings s;
  for (int i = 1; i < argc; ++i) {
    auto word = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    auto number = [&] { return std::max(1ull, std::strtoull(word().c_str(), nullptr, 10)); };
    if (!std::strcmp(argv[i], "--tables"))
      s.folder = word();
    else if (!std::strcmp(argv[i], "--table"))
      s.table = word();
    else if (!std::strcmp(argv[i], "--seeds"))
      s.seeds = number();
    else if (!std::strcmp(argv[i], "--first"))
      s.first = number();
    else if (!std::strcmp(argv[i], "--trials"))
      s.trials = number();
    else if (!std::strcmp(argv[i], "--workers"))
      s.workers = static_cast<std::uint32_t>(number());
    else if (!std::strcmp(argv[i], "--sampler"))
      s.samplers.push_back(word());
    else
      s.rules.emplace_back(argv[i]);
  }
  if (s.samplers.empty()) s.samplers = {"uniform", "tpe", "gp", "auto"};
  if (s.rules.empty()) s.rules = {"none", "asha", "auto"};
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  const auto s = read_arguments(argc, argv);
  const auto began = std::chrono::steady_clock::now();
  std::map<std::pair<std::string, std::string>, std::pair<double, std::size_t>> logs;
  std::printf("| table | sampler | rule | 1/3 | 2/3 | all, with quartiles |\n|---|---|---|---|---|---|\n");
  for (const auto& p : learning_problems(s.folder)) {
    if (p.name.find(s.table) == std::string::npos) continue;
    for (const auto& sampler : s.samplers)
      for (const auto& rule : s.rules) {
        std::vector<std::vector<double>> regrets(marks);
        auto& [log, count] = logs[{sampler, rule}];
        for (auto seed = s.first; seed < s.first + s.seeds; ++seed) {
          const auto r = run(p, experiment_on(p, sampler, rule, seed, s), s);
          for (std::size_t m = 0; m < marks; ++m) {
            regrets[m].push_back(r[m]);
            log += std::log(std::max(r[m], least_regret));
            ++count;
          }
        }
        std::printf("| %s | %s | %s |", p.name.c_str(), sampler.c_str(), rule.c_str());
        for (const auto& at : regrets) std::printf(" %.4f |", quantile(at, 0.5));
        std::printf("\b (%.4f to %.4f) |\n", quantile(regrets[marks - 1], 0.25), quantile(regrets[marks - 1], 0.75));
        std::fflush(stdout);
      }
  }
  std::printf("\nGeometric means over tables, seeds and the three moments\n\n");
  for (const auto& [who, sum] : logs)
    std::printf("%s, %s: %.4f\n", who.first.c_str(), who.second.c_str(),
                std::exp(sum.first / static_cast<double>(sum.second)));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("\n%.0f s\n", took.count());
}
