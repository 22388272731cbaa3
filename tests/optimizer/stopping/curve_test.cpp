#include "optimizer/stopping/curve.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

TEST_CASE("rows are in order of steps, whatever the order of reports, and the last word on a step counts") {
  curve x(2);
  CHECK(x.put(3, std::vector<double>{30, absent}) == 0);
  CHECK(x.put(1, std::vector<double>{10, 1}) == 0);
  CHECK(x.put(2, std::vector<double>{20, 2}) == 1);
  CHECK(x.put(2, std::vector<double>{25, 3}) == 1);
  REQUIRE(x.rows() == 3);
  CHECK(x.step(0) == 1);
  CHECK(x.step(2) == 3);
  CHECK(x.loss(1, 0) == 25);
  CHECK(x.loss(1, 1) == 3);
  CHECK(std::isnan(x.loss(2, 1)));
  CHECK(x.first_from(1.5) == std::optional<std::size_t>(1));
  CHECK(x.first_from(2) == std::optional<std::size_t>(1));
  CHECK_FALSE(x.first_from(3.5));
}

TEST_CASE("the best so far passes over what is absent") {
  curve x(1);
  x.put(1, std::vector<double>{absent});
  CHECK(std::isnan(x.best(0, 0)));
  x.put(2, std::vector<double>{5});
  x.put(3, std::vector<double>{7});
  CHECK(x.best(2, 0) == 5);
}

TEST_CASE("the best so far follows reports that come late or are corrected") {
  curve x(2);
  x.put(2, std::vector<double>{5, 1});
  x.put(3, std::vector<double>{7, absent});
  x.put(1, std::vector<double>{6, 3});
  CHECK(x.best(0, 0) == 6);
  CHECK(x.best(2, 0) == 5);
  CHECK(x.best(2, 1) == 1);
  x.put(2, std::vector<double>{8, absent});
  CHECK(x.best(2, 0) == 6);
  CHECK(x.best(2, 1) == 3);
}

TEST_CASE("less is better: what is to be maximized changes its sign") {
  const std::vector<metric> metrics{test::minimize("a"), test::maximize("b")};
  CHECK(losses_of(metrics, std::vector<double>{1, 2}) == std::vector<double>{1, -2});
  CHECK(losses_of(metrics, std::vector<double>{HUGE_VAL, -HUGE_VAL}) == std::vector<double>{HUGE_VAL, HUGE_VAL});
}

TEST_CASE("losses of several metrics are there together or not at all") {
  curve x(3);
  x.put(1, std::vector<double>{1, absent, HUGE_VAL});
  const std::size_t two[] = {2, 0}, all[] = {0, 1, 2};
  CHECK(losses_in(x, 0, two) == std::vector<double>{HUGE_VAL, 1});
  CHECK_FALSE(losses_in(x, 0, all));
}
