#include "optimizer/stopping/threshold.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

bool stops(std::vector<std::pair<double, double>> reports) {
  threshold rule({0, 10, 0.5});
  curve x(1);
  std::size_t row = 0;
  for (auto [step, loss] : reports) row = x.put(step, std::vector<double>{loss});
  return rule.judge({1}, x, row).has_value();
}

}  // namespace

TEST_CASE("a trial must have shown the value by the step") {
  CHECK_FALSE(stops({{9, 0.9}}));
  CHECK(stops({{9, 0.9}, {10, 0.6}}));
  CHECK_FALSE(stops({{9, 0.9}, {10, 0.5}}));  // as good as is asked for
  CHECK_FALSE(stops({{9, 0.4}, {10, 0.9}}));  // it was good once
}

TEST_CASE("who reports at other steps is judged at the first report after it") {
  CHECK(stops({{4, 0.9}, {15, 0.6}}));
  CHECK_FALSE(stops({{4, 0.9}, {15, 0.3}}));
}

TEST_CASE("what is not finite is worse than any threshold, what is absent is not judged") {
  CHECK(stops({{10, HUGE_VAL}}));
  CHECK_FALSE(stops({{10, absent}}));
}

TEST_CASE("the reason says what was asked for and when") {
  threshold rule({0, 10, 0.5});
  curve x(1);
  x.put(12, std::vector<double>{0.75});
  CHECK(*rule.judge({1}, x, 0) == "up to step 12 it was never as good as is asked for by step 10");
}
