// What stopping rules cost. For each rule, in microseconds of processor time a report (taking it in, judging it, and
// the trial's end, all included):
//   - in experiments of 100, 1000, 10 000 and 100 000 trials of 27 reports, a tenth of them running at a time, but at
//     most 1000; aim: the ratio of the last to the first is flat, and 10 at most, that is 100 000 reports a second
//   - with 10 000 reports a trial
// and through the whole engine, ledger and facts included, with 1000 running trials.
//
//   bench/judging [TRIALS] [RULE …]   default: 100000 trials at most, all rules
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "optimizer/engine.hpp"
#include "optimizer/stopping/catalogue.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

definition experiment_with(const std::string& rule, double steps) {
  auto d = test::experiment({test::real("x", 0, 1)}, {test::minimize("loss"), test::minimize("time")});
  d.metrics.push_back(test::keep_below("seconds", 0.8 * steps));
  d.sampler.name = "uniform";
  component named{rule, {}};
  const auto& entry = *std::ranges::find(stoppers(), rule, &stopper_entry::name);
  auto has = [&](std::string_view option) {
    return std::ranges::find(entry.options, option, &option_description::name) != entry.options.end();
  };
  if (has("metric") && rule != "constraint") named.options["metric"] = std::string("loss");
  if (has("max_steps")) named.options["max_steps"] = steps;
  if (rule == "threshold") named.options = {{"metric", std::string("loss")}, {"step", 3.0}, {"value", 1.5}};
  d.early_stopping = {{named}};
  return d;
}

/// One trial: two losses that fall from a level, and seconds that grow.
struct running {
  std::uint64_t id = 0;
  double quality = 0, pace = 0, step = 0;
  curve x{3};

  std::vector<double> next(random_source& random) {
    ++step;
    return {quality + 1 / step + 0.1 * random.uniform(), 1 - quality + pace + 1 / step, pace * step};
  }
};

/// Runs trials to their end or stop, `at_a_time` in turns; microseconds a report.
double cost(const stopper& blank, std::uint64_t trials, double steps, std::uint64_t at_a_time) {
  const auto rule = blank.clone();
  random_source random(1);
  std::vector<running> open;
  std::uint64_t begun = 0, reports = 0;
  const double start = cpu_seconds();
  while (begun < trials || !open.empty()) {
    while (begun < trials && open.size() < at_a_time) {
      auto& r = open.emplace_back();
      r.id = ++begun;
      r.quality = random.uniform();
      r.pace = random.uniform();
    }
    for (std::size_t i = 0; i < open.size();) {
      auto& r = open[i];
      const auto losses = r.next(random);
      const auto row = r.x.put(r.step, losses);
      rule->reported({r.id}, r.x, row);
      ++reports;
      const bool done = r.step == steps, stop = rule->judge({r.id}, r.x, row).has_value();
      if (!done && !stop) {
        ++i;
        continue;
      }
      rule->ended({r.id}, r.x, done ? trial_state::completed : trial_state::stopped);
      std::swap(r, open.back());
      open.pop_back();
    }
  }
  return 1e6 * (cpu_seconds() - start) / static_cast<double>(reports);
}

/// Reports a second through an engine with a thousand running trials, that report in turns. Facts are made and
/// dropped; trials bring their own configurations, so that nobody waits for a sampler.
double through_engine(const definition& d) {
  auto world = test::must(engine::create(d, time_point{})).what;
  ticket last = 0;
  auto call = [&](command what) {
    return world.handle({{}, std::move(what)}, ++last, time_point{}).replies.at(0).what;
  };
  random_source random(1);
  struct held {
    issued what;
    running course;
    report next;
    bool stopped = false;
  };
  auto begin = [&](held& h) {
    ask wanted;
    wanted.worker = "w";
    wanted.assignments = {{"x", random.uniform()}};
    h = {std::get<issued>(test::must(call(wanted))), {}, {}};
    h.course.quality = random.uniform();
    h.course.pace = random.uniform();
  };
  std::vector<held> all(1000);
  for (auto& h : all) begin(h);
  constexpr int rounds = 200;
  double spent = 0;
  for (int round = 0; round < rounds; ++round) {
    for (auto& h : all) {
      const auto v = h.course.next(random);
      h.next = {
          h.what.trial, h.what.attempt, h.course.step, {{"loss", v[0], {}}, {"time", v[1], {}}, {"seconds", v[2], {}}}};
    }
    const double start = cpu_seconds();
    for (auto& h : all) h.stopped = std::get<advice>(test::must(call(h.next))).stop;
    spent += cpu_seconds() - start;
    for (auto& h : all) {
      const bool done = h.course.step == 27 && !h.stopped;
      if (done) test::must(call(complete{h.what.trial, h.what.attempt, h.next.values}));
      if (done || h.stopped) begin(h);
    }
  }
  return rounds * static_cast<double>(all.size()) / spent;
}

}  // namespace

int main(int argc, char** argv) {
  const auto most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  std::vector<std::string> rules(argv + std::min(argc, 2), argv + argc);
  if (rules.empty())
    for (const auto& entry : stoppers()) rules.emplace_back(entry.name);
  std::printf(
      "| rule | 100 trials | 1000 | 10 000 | 100 000 | ratio | 10 000 reports |\n|---|---|---|---|---|---|---|\n");
  for (const auto& name : rules) {
    const auto d = experiment_with(name, 27);
    const auto rule = test::must(make_stopper(d.early_stopping[0][0], d));
    std::printf("| %s |", name.c_str());
    // Before the others, for what these leave of the heap makes long curves dear.
    const auto many = experiment_with(name, 10'000);
    const auto patient = test::must(make_stopper(many.early_stopping[0][0], many));
    const double long_curves = cost(*patient, 100, 10'000, 50);
    double first = 0, last = 0;
    for (std::uint64_t trials = 100; trials <= 100'000; trials *= 10) {
      if (trials > most) {
        std::printf(" |");
        continue;
      }
      const auto times = std::max<std::uint64_t>(1, 10'000 / trials);
      double sum = 0;
      for (std::uint64_t i = 0; i < times; ++i)
        sum += cost(*rule, trials, 27, std::min<std::uint64_t>(1000, trials / 10));
      last = sum / static_cast<double>(times);
      if (first == 0) first = last;
      std::printf(" %.2f |", last);
      std::fflush(stdout);
    }
    std::printf(" %.1f | %.2f |\n", last / first, long_curves);
    std::fflush(stdout);
  }
  std::printf("\n| through the engine | reports a second |\n|---|---|\n");
  for (const auto& name : rules) {
    std::printf("| %s | %.0f |\n", name.c_str(), through_engine(experiment_with(name, 27)));
    std::fflush(stdout);
  }
}
