// The credit model of examples/loans, tuned in this process with and without early stopping:
//   bench_loans_stopping [--seeds N] [--first SEED] [--trials N] [RULE[:OPTION=NUMBER,…] …]
//
// The job of configs/jobs/loans-early-stopping.json without stopping and with so many trials (by default 60), and with
// each rule (by default auto) until it has spent the steps of these. Trials of each take random times, the same in all.
// The front is the hypervolume of completed trials, from an AUCPR of 0.5 and 110 lost an application.
//
// For each seed: trials begun and completed, the last front and the best of each metric. Then the medians over the
// seeds of the front after shares of the steps; and, for half of the steps and all, its ratio to that of no stopping
// and the share of these steps after which it is what no stopping comes to with them ("> 1" where it never is), each
// with the interval that holds it in 90 of 100 draws of the seeds.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
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
    std::unique_ptr<loans::training> trees;
    double began = 0, pace = 1;
    int step = 0;
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
    const double at = r.began + r.pace * (r.step + 1);
    due.emplace(std::pair{at, ++tick}, std::move(r));
  };
  auto begin = [&] {
    running r{world.ask_now(), {}, clock, 0.75 + 0.5 * random.uniform()};
    auto of = bench::loan_parameters(world.book().space(), r.trial.point);
    of.num_rounds = 400;
    r.trees = std::make_unique<loans::training>(of, data);
    ++now.trials;
    schedule(std::move(r));
  };
  for (std::uint32_t i = 0; i < d.parallel_bandwidth; ++i) begin();
  while (now.steps < budget && static_cast<double>(out.size()) < most) {
    auto next = due.extract(due.begin());
    auto r = std::move(next.mapped());
    clock = next.key().first;
    ++now.steps;
    ++r.step;
    const auto x = r.trees->step();
    const std::vector<measurement> values{
        {"aucpr", x.aucpr, {}}, {"dollars_lost", x.dollars_lost, {}}, {"accuracy", x.accuracy, {}}};
    const auto told =
        test::must(world.call(report{r.trial.trial, r.trial.attempt, static_cast<double>(r.step), values}));
    if (r.trees->over()) {
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

std::string share(double x) {
  if (!std::isfinite(x)) return "> 1";
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", x);
  return text;
}

double front_after(const course_of_run& x, double steps) {
  double out = 0;
  for (const auto& m : x)
    if (m.steps <= steps) out = m.front;
  return out;
}

using outcomes = std::vector<course_of_run>;  // one a seed

double median_front(const outcomes& all, const std::vector<std::size_t>& seeds, double steps) {
  std::vector<double> fronts;
  for (auto i : seeds) fronts.push_back(front_after(all[i], steps));
  return bench::median(std::move(fronts));
}

/// A number of some of the seeds: that of all, and its interval.
template <class Number>
std::string with_interval(std::size_t seeds, Number number) {
  constexpr int resamples = 300;
  std::vector<std::size_t> those(seeds);
  std::iota(those.begin(), those.end(), std::size_t{0});
  auto out = share(number(those));
  random_source random(1);
  std::vector<double> drawn;
  for (int i = 0; i < resamples; ++i) {
    for (auto& s : those) s = random.below(seeds);
    drawn.push_back(number(those));
  }
  return out + " (" + share(bench::quantile(drawn, 0.05)) + " to " + share(bench::quantile(drawn, 0.95)) + ")";
}

void print_summary(const std::vector<std::pair<std::string, outcomes>>& all, double steps) {
  constexpr double shares[] = {0.1, 0.25, 0.5, 0.75, 1};
  const auto& none = all.front().second;
  std::printf("\n| rule |");
  for (double s : shares) std::printf(" front, %.0f %% |", 100 * s);
  for (const char* part : {"half", "all"}) std::printf(" to none's, %s | steps to that, of %s |", part, part);
  std::printf("\n|---|---|---|---|---|---|---|---|---|---|\n");
  std::vector<std::size_t> each(none.size());
  std::iota(each.begin(), each.end(), std::size_t{0});
  for (const auto& [rule, mine] : all) {
    std::printf("| %s |", rule.c_str());
    for (double s : shares) std::printf(" %.3f |", median_front(mine, each, s * steps));
    for (double part : {steps / 2, steps}) {
      const auto ratio = with_interval(none.size(), [&](const std::vector<std::size_t>& seeds) {
        return median_front(mine, seeds, part) / median_front(none, seeds, part);
      });
      const auto spent = with_interval(none.size(), [&](const std::vector<std::size_t>& seeds) {
        const double aim = median_front(none, seeds, part);
        for (int percent = 1; percent <= 100; ++percent)
          if (median_front(mine, seeds, percent * part / 100) >= aim) return percent / 100.0;
        return HUGE_VAL;
      });
      std::printf(" %s | %s |", ratio.c_str(), spent.c_str());
    }
    std::printf("\n");
  }
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
  job.observation_budget.reset();
  const auto data = bench::loan_applications(root);
  std::printf("| rule | seed | trials | completed | front | loss | aucpr |\n|---|---|---|---|---|---|---|\n");
  std::vector<std::pair<std::string, outcomes>> all;
  all.emplace_back("none", outcomes{});
  for (const auto& rule : rules) all.emplace_back(rule, outcomes{});
  double budget = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed)
    for (auto& [rule, those] : all) {
      auto d = job;
      d.seed = seed;
      d.early_stopping.clear();
      if (rule == "none") {
        those.push_back(run(d, data, HUGE_VAL, trials));
        budget = those.back().back().steps;
      } else {
        d.early_stopping.push_back({read_rule(rule)});
        those.push_back(run(d, data, budget, HUGE_VAL));
      }
      const auto& end = those.back().back();
      std::printf("| %s | %llu | %.0f | %.0f | %.3f | %.1f | %.4f |\n", rule.c_str(),
                  static_cast<unsigned long long>(seed), end.trials, end.completed, end.front, end.lost, end.aucpr);
      std::fflush(stdout);
    }
  print_summary(all, budget);
}
