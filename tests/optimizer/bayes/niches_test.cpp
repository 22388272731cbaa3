#include "optimizer/bayes/niches.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
Eigen::VectorXd at(double x, double y) { return Eigen::Vector2d(x, y); }
}  // namespace

TEST_CASE("near a solution it is the target, elsewhere the worst of them, and nothing while nothing is known") {
  const auto domain = must(validate(experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("m")})));
  niches n(std::make_shared<const encoding>(domain), 2, 0.2);
  CHECK(n.target(at(0.5, 0.5)) == std::numeric_limits<double>::infinity());
  n.add(at(0.1, 0.1), 1);
  n.add(at(0.2, 0.1), 2);  // like the first
  n.add(at(0.9, 0.9), 4);
  n.add(at(0.9, 0.1), 5);  // the third best place of two
  CHECK(n.target(at(0.15, 0.1)) == 1);
  CHECK(n.target(at(0.8, 0.9)) == 4);
  CHECK(n.target(at(0.5, 0.5)) == 4);
  CHECK(n.target(at(0.9, 0.1)) == 4);
  n.add(at(0.85, 0.1), 3);
  CHECK(n.target(at(0.9, 0.1)) == 3);
  CHECK(n.target(at(0.9, 0.9)) == 3);
}

TEST_CASE("while there are fewer solutions than wanted the median is to be beaten") {
  const auto domain = must(validate(experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("m")})));
  niches n(std::make_shared<const encoding>(domain), 3, 0.5);
  for (int i = 0; i < 5; ++i) n.add(at(0.1 + 0.01 * i, 0.1), i);
  CHECK(n.target(at(0.1, 0.1)) == 0);
  CHECK(n.target(at(0.9, 0.9)) == 2);
}

TEST_CASE("the sum of the solutions' values falls by what a trial improves on its target") {
  const auto domain = must(validate(experiment({real("x", 0, 1), categorical("k", {"a", "b"})}, {minimize("m")})));
  const auto how = std::make_shared<const encoding>(domain);
  niches n(how, 2, 0.3);
  n.add(at(0.1, 0), 1);
  n.add(at(0.1, 1), 3);  // another category is far away
  CHECK(n.target(at(0.15, 1)) == 3);
  n.add(at(0.15, 1), 2.5);
  CHECK(n.target(at(0.15, 1)) == 2.5);
  n.add(at(0.8, 0), 2);
  CHECK(n.target(at(0.15, 1)) == 2);
}
