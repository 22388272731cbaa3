// The credit model of examples/loans, tuned in this process with and without early stopping:
//   bench_loans_stopping [--seeds N] [--first SEED] [--trials N] [RULE[:OPTION=NUMBER,…] …]
//
// The job of configs/jobs/loans-early-stopping.json without stopping and with so many trials (by default 60); and with
// each rule (by default auto) until it has spent the same steps. Trials of each take random times, the same in all. The
// hypervolume is that of completed trials, from an AUCPR of 0.5 and 110 lost an application. For each seed:
//   equal     steps until the hypervolume is that of no stopping, and until it is within 1 % of it, as shares of its
//             steps; "> 1" where it never is
//   trials    begun and completed until the job's budget is handed out: the state of which `steps`, `front` (its
//             hypervolume), `loss` and `aucpr` tell, the first two as shares of those without stopping
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/loans_trainer.hpp"
#include "bench/quantile.hpp"
#include "core/hypervolume.hpp"
#include "core/random.hpp"
#include "io/job_file.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;

namespace {

struct moment {
  double steps = 0, trials = 0, completed = 0, front = 0, lost = 110, aucpr = 0.5;
};
using course_of_run = std::vector<moment>;  // one an end of a trial

/// Runs trials until `budget` steps are spent, or `most` have ended.
course_of_run run(const definition& d, const loans::split& data, double budget, double most) {
  struct running {
    issued trial;
    std::vector<loans::scores> scores;
    std::size_t step = 0;
    double began = 0, pace = 1;
  };
  test::engine_driver world(d);
  random_source random(derive_seed(d.seed, 77));
  std::map<std::pair<double, std::uint64_t>, running> due;  // by the time of the next report
  std::vector<std::vector<double>> ends;
  course_of_run out;
  moment now;
  double clock = 0;
  std::uint64_t tick = 0;
  auto schedule = [&](running r) {
    const double at = r.began + r.pace * static_cast<double>(r.step + 1);
    due.emplace(std::pair{at, ++tick}, std::move(r));
  };
  auto begin = [&] {
    running r{world.ask_now(), {}, 0, clock, 0.75 + 0.5 * random.uniform()};
    auto of = bench::loan_parameters(world.book().space(), r.trial.point);
    of.num_rounds = 400;
    loans::train(of, data, [&](int, const loans::scores& x) { r.scores.push_back(x); });
    ++now.trials;
    schedule(std::move(r));
  };
  for (std::uint32_t i = 0; i < d.parallel_bandwidth; ++i) begin();
  while (now.steps < budget && static_cast<double>(out.size()) < most) {
    auto r = due.begin()->second;
    clock = due.begin()->first.first;
    due.erase(due.begin());
    ++now.steps;
    const auto& x = r.scores[r.step++];
    const std::vector<measurement> values{
        {"aucpr", x.aucpr, {}}, {"dollars_lost", x.dollars_lost, {}}, {"accuracy", x.accuracy, {}}};
    const auto told =
        test::must(world.call(report{r.trial.trial, r.trial.attempt, static_cast<double>(r.step), values}));
    if (r.step == r.scores.size()) {
      test::must(world.call(complete{r.trial.trial, r.trial.attempt, values}));
      ++now.completed;
      ends.push_back({-x.aucpr, x.dollars_lost});
      now.front = hypervolume(ends, std::vector{-0.5, 110.0});
      now.lost = std::min(now.lost, x.dollars_lost);
      now.aucpr = std::max(now.aucpr, x.aucpr);
    } else if (!std::get<advice>(told).stop) {
      schedule(std::move(r));
      continue;
    }
    out.push_back(now);
    begin();
  }
  return out;
}

double steps_until(const course_of_run& x, double front) {
  for (const auto& m : x)
    if (m.front >= front) return m.steps;
  return HUGE_VAL;
}

/// NAME or NAME:OPTION=NUMBER,…
component read_rule(const std::string& text) {
  component out{text.substr(0, text.find(':')), {}};
  for (auto at = text.find(':'); at != std::string::npos; at = text.find(',', at + 1)) {
    const auto sign = text.find('=', at);
    if (sign == std::string::npos) throw std::invalid_argument("rule " + text + ": options are OPTION=NUMBER");
    out.options[text.substr(at + 1, sign - at - 1)] = std::strtod(text.c_str() + sign + 1, nullptr);
  }
  return out;
}

std::string share(double x) {
  if (!std::isfinite(x)) return "> 1";
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", x);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 10, first = 1;
  double trials = 60;
  std::vector<std::string> rules;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--seeds") && i + 1 < argc)
      seeds = std::strtoull(argv[++i], nullptr, 10);
    else if (!std::strcmp(argv[i], "--first") && i + 1 < argc)
      first = std::strtoull(argv[++i], nullptr, 10);
    else if (!std::strcmp(argv[i], "--trials") && i + 1 < argc)
      trials = std::strtod(argv[++i], nullptr);
    else
      rules.emplace_back(argv[i]);
  }
  if (rules.empty()) rules = {"auto"};
  const std::string root = VILFREDO_SOURCE_DIR;
  auto job = test::must(io::read_job_file(root + "/configs/jobs/loans-early-stopping.json"));
  const auto most = static_cast<double>(job.observation_budget.value_or(60));
  job.observation_budget.reset();
  const auto data = bench::loan_applications(root);
  std::printf("| rule | seed | equal | within 1 %% | trials | completed | steps | front | loss | aucpr |\n");
  std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
  std::map<std::string, std::vector<std::vector<double>>> all;
  auto print = [](const std::string& who, const std::string& seed, const std::vector<double>& v) {
    std::printf("| %s | %s | %s | %s | %.0f | %.0f | %.2f | %.3f | %.1f | %.4f |\n", who.c_str(), seed.c_str(),
                share(v[0]).c_str(), share(v[1]).c_str(), v[2], v[3], v[4], v[5], v[6], v[7]);
    std::fflush(stdout);
  };
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    auto d = job;
    d.seed = seed;
    d.early_stopping.clear();
    const auto base = run(d, data, HUGE_VAL, trials);
    const auto& end = base.back();
    auto add = [&](const std::string& who, const course_of_run& x, const moment& at) {
      all[who].push_back({steps_until(x, end.front) / end.steps, steps_until(x, 0.99 * end.front) / end.steps,
                          at.trials, at.completed, at.steps / end.steps, at.front / end.front, at.lost, at.aucpr});
      print(who, std::to_string(seed), all[who].back());
    };
    add("none", base, end);
    for (const auto& rule : rules) {
      d.early_stopping = {{read_rule(rule)}};
      const auto x = run(d, data, end.steps, HUGE_VAL);
      add(rule, x, x[std::min(x.size(), static_cast<std::size_t>(most)) - 1]);
      add(rule + ", equal steps", x, x.back());
    }
  }
  for (const auto& [who, rows] : all) {
    std::vector<double> middle;
    for (std::size_t i = 0; i < rows[0].size(); ++i) {
      std::vector<double> column;
      for (const auto& r : rows) column.push_back(r[i]);
      middle.push_back(bench::median(column));
    }
    print(who, "median", middle);
  }
}
