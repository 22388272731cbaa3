#include "optimizer/stopping/dominance.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

dominance_options pair() {
  dominance_options o;
  o.metrics = {0, 1};
  o.min_trials = 3;
  return o;
}
curve of(std::vector<std::pair<double, double>> losses) {
  curve out(2);
  for (std::size_t i = 0; i < losses.size(); ++i)
    out.put(static_cast<double>(i + 1), std::vector<double>{losses[i].first, losses[i].second});
  return out;
}
bool stops(const dominance& rule, const curve& x) { return rule.judge({99}, x, x.rows() - 1).has_value(); }

/// The medians of the best so far at step 2 are (3, 3).
dominance with_three(dominance_options o) {
  dominance rule(o);
  rule.ended({1}, of({{9, 9}, {2, 4}}), trial_state::completed);
  rule.ended({2}, of({{3, 3}, {8, 8}}), trial_state::completed);
  rule.ended({3}, of({{5, 9}, {4, 2}}), trial_state::completed);
  return rule;
}

}  // namespace

TEST_CASE("who is behind the medians in all metrics stops") {
  const auto rule = with_three(pair());
  CHECK(stops(rule, of({{9, 9}, {4, 5}})));
  CHECK(*rule.judge({99}, of({{9, 9}, {4, 5}}), 1) ==
        "its best up to step 2 are in all metrics behind the median of what 3 completed trials had reached by then");
  CHECK_FALSE(stops(rule, of({{9, 9}, {2.5, 50}})));  // ahead in one
  CHECK_FALSE(stops(rule, of({{2.5, 50}, {9, 9}})));  // or was
  CHECK_FALSE(stops(rule, of({{9, 9}, {3, 3}})));     // the medians themselves
}

TEST_CASE("the middle of a front that bends outwards goes on, though the medians dominate it") {
  dominance rule(pair());
  for (std::uint64_t t = 1; t <= 4; ++t) {
    rule.ended({2 * t}, of({{0, 10}}), trial_state::completed);
    rule.ended({2 * t + 1}, of({{10, 0}}), trial_state::completed);
  }
  CHECK_FALSE(stops(rule, of({{6, 6}})));  // the medians are (5, 5)
  CHECK(stops(rule, of({{10, 6}})));
}

TEST_CASE("it waits for enough completed trials, and for the end of the warm-up") {
  dominance few(pair());
  few.ended({1}, of({{1, 1}}), trial_state::completed);
  few.ended({2}, of({{1, 1}}), trial_state::completed);
  few.ended({3}, of({{1, 1}}), trial_state::stopped);
  CHECK_FALSE(stops(few, of({{9, 9}})));
  auto o = pair();
  o.warmup_steps = 2;
  CHECK_FALSE(stops(with_three(o), of({{9, 10}})));
  CHECK(stops(with_three(o), of({{9, 9}, {9, 9}})));
}

TEST_CASE("who lacks a metric is not judged, and who reports at other steps is compared at the last one before") {
  const auto rule = with_three(pair());
  CHECK_FALSE(stops(rule, of({{9, absent}, {9, absent}})));
  curve late(2);
  late.put(50, std::vector<double>{9, 9});
  CHECK(stops(rule, late));
}
