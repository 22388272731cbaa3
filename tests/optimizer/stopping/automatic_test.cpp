#include "optimizer/stopping/automatic.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

constexpr int last_step = 16;
using courses = std::function<std::vector<double>(double quality, double noise, int step)>;

automatic_options plain() {
  automatic_options o;
  o.scouts = 0;
  return o;
}

/// A rule and the trials that it has judged, one after the other.
struct field {
  explicit field(automatic_options o, std::size_t count = 1) : rule(o, all_of(count)), metrics(count) {}
  static std::vector<std::size_t> all_of(std::size_t metrics) {
    std::vector<std::size_t> out(metrics);
    for (std::size_t i = 0; i < metrics; ++i) out[i] = i;
    return out;
  }
  /// The step at which the trial is stopped, or 0.
  int run(std::uint64_t id, const std::function<std::vector<double>(int)>& losses, double unit = 1) {
    curve x(metrics);
    for (int step = 1; step <= last_step; ++step) {
      auto row = x.put(step * unit, losses(step));
      rule.reported({id}, x, row);
      if (step < last_step && (reason = rule.judge({id}, x, row))) {
        rule.ended({id}, x, trial_state::stopped);
        return step;
      }
    }
    rule.ended({id}, x, trial_state::completed);
    return 0;
  }
  automatic rule;
  std::size_t metrics;
  std::optional<std::string> reason;
};

/// Of `count` random trials with such courses: the share of steps that is spared, and of the best tenth that is
/// stopped.
struct tally {
  double spared = 0, best_stopped = 0;
};
tally tally_of(field& f, int count, const courses& of, double unit = 1) {
  random_source random(11);
  tally out;
  double good = 0;
  for (int i = 1; i <= count; ++i) {
    const double quality = random.uniform(), noise = random.uniform();
    const int stopped = f.run(
        static_cast<std::uint64_t>(i), [&](int s) { return of(quality, noise, s); }, unit);
    if (stopped > 0) out.spared += (1 - stopped / double{last_step}) / count;
    if (quality < 0.03) {
      ++good;
      out.best_stopped += stopped > 0 ? 1 : 0;
    }
  }
  out.best_stopped /= good;
  return out;
}

/// Ranks are what they will be from the first step on.
std::vector<double> parallel(double quality, double, int step) { return {quality + 1.0 / step}; }
/// What is seen before the last step says nothing.
std::vector<double> unforeseeable(double quality, double noise, int step) {
  return {step == last_step ? quality : noise};
}
/// The best begin worst.
std::vector<double> crossing(double quality, double, int step) {
  return {step > last_step / 2 ? quality : 1 - quality};
}

}  // namespace

TEST_CASE("where ranks foretell the end it stops boldly, and not the best") {
  field f(plain());
  auto seen = tally_of(f, 300, parallel);
  CHECK(seen.spared > 0.6);
  CHECK(seen.best_stopped < 0.3);
}

TEST_CASE("where ranks foretell nothing it stops the best no more than others") {
  field f(automatic_options{});
  auto seen = tally_of(f, 300, unforeseeable);
  CHECK(seen.spared < 0.6);
  CHECK(seen.best_stopped < seen.spared);
}

TEST_CASE("where the best begin worst it does not stop them") {
  field f(automatic_options{});
  CHECK(tally_of(f, 300, crossing).best_stopped < 0.1);
}

TEST_CASE("the unit of steps does not matter") {
  field ones(plain()), small(plain());
  CHECK(tally_of(ones, 100, parallel).spared == tally_of(small, 100, parallel, 1.0 / 1024).spared);
}

TEST_CASE("nobody is stopped before enough trials are completed") {
  auto o = plain();
  o.min_trials = 20;
  field f(o);
  for (std::uint64_t i = 1; i <= 20; ++i)
    CHECK(f.run(i, [&](int s) { return parallel(static_cast<double>(i), 0, s); }) == 0);
  CHECK(f.run(21, [](int) { return std::vector<double>{99}; }) == 1);
  CHECK(*f.reason == "6 of the 6 best completed trials were better at step 1; at most 5 may be");
}

TEST_CASE("before enough trials are completed to learn from it halves, and lets more scouts through") {
  field f(automatic_options{});
  curve x(1);
  const auto row = x.put(1, std::vector<double>{0});
  f.rule.reported({1000}, x, row);
  int through = 0;
  for (std::uint64_t t = 1; t <= 400; ++t) {
    curve worse(1);
    f.rule.reported({t}, worse, worse.put(1, std::vector<double>{static_cast<double>(t)}));
    through += f.rule.judge({t}, worse, 0) ? 0 : 1;
  }
  CHECK(through > 25);  // one in eight
  CHECK(through < 75);
  CHECK_FALSE(f.rule.judge({1000}, x, row));
}

TEST_CASE("scouts go to their end, whatever they report") {
  automatic_options o;
  o.scouts = 4;
  field f(o);
  int completed = 0;
  for (std::uint64_t i = 1; i <= 400; ++i)
    completed += f.run(i, [&](int s) { return parallel(static_cast<double>(i), 0, s); }) == 0 ? 1 : 0;
  CHECK(completed > 70);
  CHECK(completed < 130);
}

TEST_CASE("with several metrics it stops what cannot make the front, and not what may") {
  field f(plain(), 2);
  random_source random(5);
  int behind = 0, ahead = 0, stopped_behind = 0, stopped_ahead = 0;
  for (std::uint64_t i = 1; i <= 400; ++i) {
    const double place = random.uniform(), late = i % 4 == 0 ? 0 : 0.2 + random.uniform();
    const bool stopped = f.run(i, [&](int s) {
      return std::vector{place + late + 1.0 / s, 1 - place + late + 1.0 / s};
    }) > 0;
    (late == 0 ? ahead : behind) += 1;
    (late == 0 ? stopped_ahead : stopped_behind) += stopped ? 1 : 0;
  }
  CHECK(stopped_ahead <= 1);  // each of them is on the front, and the opening knew too few to see it
  CHECK(stopped_behind > behind * 8 / 10);
  CHECK(ahead == 100);
}

TEST_CASE("a report that lacks a metric is not judged, one that is not finite is worst") {
  field f(plain());
  for (std::uint64_t i = 1; i <= 20; ++i) f.run(i, [&](int s) { return parallel(static_cast<double>(i), 0, s); });
  CHECK(f.run(21, [](int) { return std::vector<double>{absent}; }) == 0);
  CHECK(f.run(22, [](int) { return std::vector<double>{HUGE_VAL}; }) == 1);
}

TEST_CASE("what it knows does not depend on the order in which trials spoke and ended") {
  random_source random(3);
  std::vector<curve> trials(400, curve(2));
  std::vector<trial_state> ends;
  for (auto& x : trials) {
    const double a = random.uniform(), b = random.uniform();
    ends.push_back(random.uniform() < 0.4 ? trial_state::completed : trial_state::stopped);
    const int steps = ends.back() == trial_state::completed ? last_step : 1 + static_cast<int>(random.below(8));
    for (int s = 1; s <= steps; ++s)
      x.put(s, std::vector<double>{a + 0.3 * random.uniform(), std::round(10 * (b + 0.3 * random.uniform()))});
  }
  automatic by_trial(plain(), {0, 1}), by_step(plain(), {0, 1});
  for (std::size_t t = 0; t < trials.size(); ++t) {
    for (std::size_t row = 0; row < trials[t].rows(); ++row) by_trial.reported({t + 1}, trials[t], row);
    by_trial.ended({t + 1}, trials[t], ends[t]);
  }
  for (std::size_t row = 0; row < last_step; ++row)
    for (std::size_t t = trials.size(); t-- > 0;)
      if (row < trials[t].rows()) by_step.reported({t + 1}, trials[t], row);
  for (std::size_t t = trials.size(); t-- > 0;) {
    // Some were thought to be stopped, and came to their end after all.
    if (t % 3 == 0) by_step.ended({t + 1}, trials[t], trial_state::stopped);
    by_step.ended({t + 1}, trials[t], ends[t]);
  }
  int stops = 0;
  for (int i = 0; i < 200; ++i) {
    curve x(2);
    auto row = x.put(static_cast<double>(1 << random.below(4)),
                     std::vector<double>{1.3 * random.uniform(), std::round(13 * random.uniform())});
    CHECK(by_trial.judge({1000}, x, row) == by_step.judge({1000}, x, row));
    stops += by_trial.judge({1000}, x, row) ? 1 : 0;
  }
  CHECK(stops > 20);
}
