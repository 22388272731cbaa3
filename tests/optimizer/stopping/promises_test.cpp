// What holds for every rule of the catalogue, and what several of them promise.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/pareto.hpp"
#include "core/random.hpp"
#include "optimizer/stopping/catalogue.hpp"
#include "tests/support/engine_driver.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

constexpr int last_step = 16;

/// Any rule, on two metrics and a constraint.
definition experiment_with(const std::string& rule) {
  auto d = test::experiment({test::real("x", 0, 1)}, {test::minimize("loss"), test::maximize("gain")});
  d.metrics.push_back(test::keep_below("seconds", 12));
  d.sampler.name = "uniform";
  d.seed = 5;
  component named{rule, {}};
  const auto& entry = *std::ranges::find(stoppers(), rule, &stopper_entry::name);
  if (std::ranges::find(entry.options, std::string_view("metric"), &option_description::name) != entry.options.end())
    named.options["metric"] = std::string(rule == "constraint" ? "seconds" : "loss");
  if (rule == "threshold") named.options.insert({{"step", 4.0}, {"value", 1.2}});
  if (rule == "patience") named.options.insert({{"patience", 3.0}});
  d.early_stopping = {{named}};
  return d;
}
std::unique_ptr<stopper> make(const std::string& rule) {
  const auto d = experiment_with(rule);
  return test::must(make_stopper(d.early_stopping[0][0], d));
}

/// Losses that fall, with ties in the second and gaps in the third.
std::vector<double> losses_at(random_source& random, double quality, int step) {
  return {quality + 1.0 / step + 0.2 * random.uniform(), std::round(8 * (1 - quality + random.uniform())) / 8,
          random.below(9) == 0 ? absent : step * (0.5 + quality)};
}
curve whole(random_source& random, int steps) {
  curve out(3);
  const double quality = random.uniform();
  for (int step = 1; step <= steps; ++step) out.put(step, losses_at(random, quality, step));
  return out;
}
curve first_rows(const curve& x, std::size_t rows) {
  curve out(3);
  for (std::size_t row = 0; row < rows; ++row) out.put(x.step(row), x.losses(row));
  return out;
}

/// Rules that never stop the best of all at its step.
const std::vector<std::string> with_promise{"asha",   "auto",    "dominance", "hyperband",
                                            "median", "mo_asha", "pasha",     "percentile"};

}  // namespace

TEST_CASE("what a rule knows does not depend on the order in which trials spoke and ended") {
  random_source random(1);
  std::vector<curve> all;
  std::vector<trial_state> ends;
  for (int t = 0; t < 150; ++t) {
    ends.push_back(random.uniform() < 0.4 ? trial_state::completed : trial_state::stopped);
    all.push_back(
        whole(random, ends.back() == trial_state::completed ? last_step : 1 + static_cast<int>(random.below(8))));
  }
  for (const auto& entry : stoppers()) {
    CAPTURE(entry.name);
    const auto by_trial = make(entry.name), by_step = make(entry.name);
    for (std::size_t t = 0; t < all.size(); ++t) {
      for (std::size_t row = 0; row < all[t].rows(); ++row)
        by_trial->reported({t + 1}, first_rows(all[t], row + 1), row);
      by_trial->ended({t + 1}, all[t], ends[t]);
    }
    for (std::size_t row = 0; row < last_step; ++row)
      for (std::size_t t = all.size(); t-- > 0;)
        if (row < all[t].rows()) by_step->reported({t + 1}, first_rows(all[t], row + 1), row);
    for (std::size_t t = all.size(); t-- > 0;) {
      // Some were thought to be stopped, and came to their end after all.
      if (t % 3 == 0) by_step->ended({t + 1}, all[t], trial_state::stopped);
      by_step->ended({t + 1}, all[t], ends[t]);
    }
    for (std::size_t i = 0; i < 60; ++i) {
      const trial_id fresh{1000 + i};
      const auto x = whole(random, 1 << random.below(4));
      for (std::size_t row = 0; row < x.rows(); ++row) {
        by_trial->reported(fresh, first_rows(x, row + 1), row);
        by_step->reported(fresh, first_rows(x, row + 1), row);
      }
      CHECK(by_trial->judge(fresh, x, x.rows() - 1) == by_step->judge(fresh, x, x.rows() - 1));
    }
  }
}

TEST_CASE("after a restart at any time every rule goes on as if there had been none") {
  for (const auto& entry : stoppers()) {
    CAPTURE(entry.name);
    const auto d = experiment_with(entry.name);
    test::engine_driver lived(d), restarted(d);
    struct running {
      issued a, b;
      double quality = 0;
      int step = 0;
    };
    std::vector<running> open;
    random_source random(2);
    std::size_t stops = 0, differ = 0;
    for (int i = 0; i < 1200; ++i) {
      while (open.size() < 6) open.push_back({lived.ask_now(), restarted.ask_now(), random.uniform(), 0});
      const auto at = random.below(open.size());
      auto& r = open[at];
      const auto v = losses_at(random, r.quality, ++r.step);
      std::vector<measurement> values{{"loss", v[0], {}}, {"gain", -v[1], {}}};
      if (!std::isnan(v[2])) values.push_back({"seconds", v[2], {}});
      auto here = std::get<advice>(test::must(lived.call(report{r.a.trial, r.a.attempt, double(r.step), values})));
      auto there = std::get<advice>(test::must(restarted.call(report{r.b.trial, r.b.attempt, double(r.step), values})));
      differ += here.stop != there.stop || here.reason != there.reason ? 1 : 0;
      stops += here.stop ? 1 : 0;
      if (!here.stop && r.step == last_step)
        for (auto [e, x] : {std::pair{&lived, &r.a}, std::pair{&restarted, &r.b}})
          test::must(
              e->call(complete{x->trial, x->attempt, {{"loss", v[0], {}}, {"gain", -v[1], {}}, {"seconds", 1, {}}}}));
      if (here.stop || r.step == last_step) open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      if (i % 150 == 149) restarted.restart();
    }
    CHECK(differ == 0);
    CHECK_MESSAGE((stops > 0 || entry.name == std::string("wilcoxon")), stops);
  }
}

TEST_CASE("who is the best of all at its step, now and so far, goes on") {
  for (const auto& name : with_promise) {
    CAPTURE(name);
    auto d = test::simple_experiment();
    const auto rule = test::must(make_stopper({name, {}}, d));
    random_source random(3);
    std::map<int, double> least, least_best;  // by step, of all that reported so far
    int leaders = 0, stops = 0;
    for (std::uint64_t t = 1; t <= 400; ++t) {
      curve x(1);
      const double quality = random.uniform(), fall = random.uniform();
      for (int step = 1; step <= last_step; ++step) {
        const auto row = x.put(step, std::vector<double>{quality + fall / step + 0.3 * random.uniform()});
        rule->reported({t}, x, row);
        auto& now = least.try_emplace(step, HUGE_VAL).first->second;
        auto& best = least_best.try_emplace(step, HUGE_VAL).first->second;
        const bool leads = x.loss(row, 0) < now && x.best(row, 0) < best;
        now = std::min(now, x.loss(row, 0));
        best = std::min(best, x.best(row, 0));
        const bool stopped = step < last_step && rule->judge({t}, x, row);
        leaders += leads ? 1 : 0;
        if (leads) CHECK_FALSE(stopped);
        if (!stopped) continue;
        ++stops;
        rule->ended({t}, x, trial_state::stopped);
        break;
      }
      if (x.rows() == last_step) rule->ended({t}, x, trial_state::completed);
    }
    CHECK(leaders > 30);
    CHECK(stops > 50);
  }
}

TEST_CASE("with several metrics dominance and, once it has learned, auto stop nobody on the front at its step") {
  for (const std::string name : {"dominance", "auto"}) {
    CAPTURE(name);
    auto d = test::experiment({test::real("x", 0, 1)}, {test::minimize("a"), test::minimize("b")});
    component named{name, {}};
    if (name == "auto") named.options["min_trials"] = 4.0;
    const auto rule = test::must(make_stopper(named, d));
    random_source random(4);
    std::map<int, std::vector<std::vector<double>>> seen;  // by step
    int on_front = 0, stops = 0;
    for (std::uint64_t t = 1; t <= 300; ++t) {
      curve x(2);
      const double place = random.uniform(), late = random.uniform() * random.uniform();
      for (int step = 1; step <= last_step; ++step) {
        // Falling, so that the last is the best so far.
        const std::vector<double> mine{place * place + late + 1.0 / step,
                                       (1 - place) * (1 - place) + late + 1.0 / step};
        const auto row = x.put(step, mine);
        rule->reported({t}, x, row);
        const bool front = std::ranges::none_of(seen[step], [&](const auto& y) { return dominates(y, mine); });
        seen[step].push_back(mine);
        const bool stopped = step < last_step && rule->judge({t}, x, row);
        on_front += front ? 1 : 0;
        if (front) CHECK_FALSE(stopped);
        if (!stopped) continue;
        ++stops;
        rule->ended({t}, x, trial_state::stopped);
        break;
      }
      if (x.rows() == last_step) rule->ended({t}, x, trial_state::completed);
    }
    CHECK(on_front > 100);
    CHECK(stops > 20);
  }
}
