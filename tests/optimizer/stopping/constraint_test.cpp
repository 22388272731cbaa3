#include "optimizer/stopping/constraint.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Falls from `first` at step 1 to `end` at step 4.
curve of(double first, double end) {
  curve out(1);
  out.put(1, std::vector<double>{first});
  out.put(4, std::vector<double>{end});
  return out;
}
curve at(double step, double loss) {
  curve out(1);
  out.put(step, std::vector<double>{loss});
  return out;
}
/// The limit is 10, and completed trials that begin at 20 gained 1, …, `trials`.
constraint with(std::uint64_t trials, double risk = 0.05) {
  constraint rule({{0, 10}, risk});
  for (std::uint64_t t = 1; t <= trials; ++t)
    rule.ended({t}, of(20, 20 - static_cast<double>(t)), trial_state::completed);
  return rule;
}

}  // namespace

TEST_CASE("who would need a greater gain than any completed trial showed from there on stops") {
  const auto rule = with(19);
  CHECK_FALSE(rule.judge({99}, at(1, 28), 0));   // a gain of 18 was seen
  CHECK(rule.judge({99}, at(1, 250), 0));        // neither 240 nor a factor of 25 were
  CHECK_FALSE(rule.judge({99}, at(1, 150), 0));  // one fell to a twentieth
  CHECK(*rule.judge({99}, at(1, 250), 0) ==
        "of 19 completed trials, 0 went on from step 1 such that it could still meet its constraint");
  CHECK_FALSE(rule.judge({99}, at(2, 250), 0));  // nobody reported there
}

TEST_CASE("with too few completed trials for the risk nobody stops") {
  CHECK_FALSE(with(18).judge({99}, at(1, 1e9), 0));
  CHECK(with(9, 0.1).judge({99}, at(1, 1e9), 0));
  auto rule = with(18);
  rule.ended({19}, of(20, 1), trial_state::stopped);
  CHECK_FALSE(rule.judge({99}, at(1, 1e9), 0));
}

TEST_CASE("what grows is foreseen before the limit is passed") {
  constraint rule({{0, 10}, 0.05});
  for (std::uint64_t t = 1; t <= 40; ++t) {
    const double pace = 1 + static_cast<double>(t) / 10;
    rule.ended({t}, of(pace, 4 * pace), trial_state::completed);
  }
  CHECK_FALSE(rule.judge({99}, at(1, 2.5), 0));
  // Four times 9 is too much, and the least that any gained was 3.
  CHECK(rule.judge({99}, at(1, 9), 0));
}

TEST_CASE("a trial like the completed ones is wrongly stopped at one report no more often than the risk") {
  random_source random(6);
  int wrong = 0, met = 0;
  for (int run = 0; run < 400; ++run) {
    constraint rule({{0, 1}, 0.1});
    auto draw = [&] {
      const double first = 1 + random.uniform();
      return of(first, first - 1.2 * random.uniform());
    };
    for (std::uint64_t t = 1; t <= 30; ++t) rule.ended({t}, draw(), trial_state::completed);
    const auto x = draw();
    if (x.loss(1, 0) > 1) continue;
    ++met;
    wrong += rule.judge({99}, x, 0) ? 1 : 0;
  }
  CHECK(met > 100);
  CHECK(wrong <= met / 10);
}

TEST_CASE("a metric that is absent is not judged") {
  CHECK_FALSE(with(19).judge({99}, at(1, absent), 0));
  CHECK(with(19).judge({99}, at(1, HUGE_VAL), 0));
}
