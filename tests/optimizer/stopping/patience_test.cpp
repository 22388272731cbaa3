#include "optimizer/stopping/patience.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

std::optional<std::string> verdict_on(std::vector<double> losses, double min_delta = 0) {
  patience rule({0, 3, min_delta});
  curve x(1);
  for (std::size_t i = 0; i < losses.size(); ++i) x.put(static_cast<double>(i + 1), std::vector<double>{losses[i]});
  return rule.judge({1}, x, x.rows() - 1);
}

}  // namespace

TEST_CASE("a trial stops when its best has not become better for so many steps") {
  CHECK_FALSE(verdict_on({5, 5, 5}));  // only two steps have passed
  CHECK(*verdict_on({5, 5, 6, 5}) == "from step 1 to 4 its best did not become better");
  CHECK_FALSE(verdict_on({5, 6, 4, 5}));
  CHECK_FALSE(verdict_on({5, 6, 4, 5, 5}));
  CHECK(verdict_on({5, 6, 4, 5, 5, 5}));
}

TEST_CASE("small gains count by what they come to together") {
  CHECK(*verdict_on({5, 4.9, 4.8, 4.7}, 0.5) == "from step 1 to 4 its best did not become better by more than 0.5");
  CHECK_FALSE(verdict_on({5, 4.8, 4.6, 4.4}, 0.5));
}

TEST_CASE("patience is counted in steps, however rare the reports are") {
  patience rule({0, 3, 0});
  curve x(1);
  x.put(10, std::vector<double>{5});
  x.put(12, std::vector<double>{5});
  CHECK_FALSE(rule.judge({1}, x, 1));
  x.put(20, std::vector<double>{5});
  CHECK(rule.judge({1}, x, 2));
}

TEST_CASE("a trial that never showed a finite value stops, one that reports something else goes on") {
  CHECK(verdict_on({HUGE_VAL, HUGE_VAL, HUGE_VAL, HUGE_VAL}));
  CHECK_FALSE(verdict_on({absent, absent, absent, absent, absent}));
  CHECK_FALSE(verdict_on({absent, absent, 5, absent, 6}));  // known since two steps
}
