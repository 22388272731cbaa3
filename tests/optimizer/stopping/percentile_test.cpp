#include "optimizer/stopping/percentile.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

curve of(std::vector<double> losses) {
  curve out(1);
  for (std::size_t i = 0; i < losses.size(); ++i) out.put(static_cast<double>(i + 1), std::vector<double>{losses[i]});
  return out;
}
percentile_options median() {
  percentile_options o;
  o.min_trials = 3;
  return o;
}
bool stops(const percentile& rule, const curve& x) { return rule.judge({99}, x, x.rows() - 1).has_value(); }

/// Three completed trials whose running means at step 2 are 2, 4 and 6.
percentile with_three(percentile_options o) {
  percentile rule(o);
  for (double level : {2.0, 4.0, 6.0}) rule.ended({1}, of({level + 1, level - 1, level}), trial_state::completed);
  return rule;
}

}  // namespace

TEST_CASE("the best so far is compared with the median of running means at the same step") {
  auto rule = with_three(median());
  CHECK_FALSE(stops(rule, of({9, 4})));  // the median itself may go on
  CHECK(stops(rule, of({9, 4.5})));
  CHECK_FALSE(stops(rule, of({3, 9})));  // it was good once
  auto why = rule.judge({99}, of({9, 4.5}), 1);
  CHECK(*why == "its best up to step 2 is worse than the mean course of 2 of the 3 completed trials");
}

TEST_CASE("a lower percentile stops more") {
  auto o = median();
  o.percentile = 25;
  auto rule = with_three(o);
  CHECK(stops(rule, of({9, 3.5})));
  CHECK_FALSE(stops(rule, of({9, 3})));
}

TEST_CASE("nobody is stopped before enough trials are completed, or in the warm-up") {
  percentile few(median());
  few.ended({1}, of({1, 1, 1}), trial_state::completed);
  few.ended({2}, of({1, 1, 1}), trial_state::completed);
  few.ended({3}, of({1, 1, 1}), trial_state::stopped);  // its course is not whole
  CHECK_FALSE(stops(few, of({9, 9})));
  auto o = median();
  o.warmup_steps = 3;
  auto rule = with_three(o);
  CHECK_FALSE(stops(rule, of({99, 99})));
  CHECK(stops(rule, of({99, 99, 99})));
}

TEST_CASE("with an interval it judges once in each") {
  auto o = median();
  o.interval = 2;
  auto rule = with_three(o);
  CHECK(stops(rule, of({99, 99})));
  CHECK_FALSE(stops(rule, of({99, 99, 99})));
}

TEST_CASE("who reports at other steps is compared at the last known one before") {
  auto rule = with_three(median());
  curve x(1);
  x.put(2.5, std::vector<double>{99});
  CHECK(rule.judge({99}, x, 0));
  curve early(1);
  early.put(0.5, std::vector<double>{99});
  CHECK_FALSE(rule.judge({99}, early, 0));
}
