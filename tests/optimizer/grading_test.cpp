#include "optimizer/grading.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

observation with(std::vector<double> values, std::string failure = {}) {
  observation x;
  x.values = std::move(values);
  x.failure = std::move(failure);
  return x;
}

std::vector<std::size_t> places_of(const definition& d, const std::vector<observation>& those) {
  std::vector<graded> all;
  for (std::size_t i = 0; i < those.size(); ++i) all.push_back(*grade(d, those[i], i));
  rank_violations(all);
  return places(all);
}

}  // namespace

TEST_CASE("losses are the optimized metrics with the sign that makes less better") {
  auto d = experiment({real("x", 0, 1)}, {maximize("gain"), store("note"), minimize("cost")});
  auto g = grade(d, with({3, 7, 2}), 5);
  REQUIRE(g);
  CHECK(g->losses == few_numbers{-3, 2});
  CHECK(g->excess.empty());
  CHECK(g->at == 5);
}

TEST_CASE("what failed, or lacks a number that counts, has no grade; a stored metric may lack") {
  auto d = experiment({real("x", 0, 1)}, {minimize("loss"), store("note")});
  CHECK_FALSE(grade(d, with({1, 2}, "diverged"), 0));
  CHECK_FALSE(grade(d, with({absent, 2}), 0));
  CHECK_FALSE(grade(d, with({1}), 0));
  CHECK(grade(d, with({1, absent}), 0));
}

TEST_CASE("violations are compared within a metric, so units do not matter") {
  auto d = experiment({real("x", 0, 1)}, {minimize("loss"), keep_below("grams", 1000), keep_below("metres", 1)});
  // Beyond by 1 and 9 grams, by 1 and 9 metres, by both.
  CHECK(places_of(d, {with({0, 1001, 0}), with({0, 1009, 0}), with({0, 0, 2}), with({0, 0, 10}), with({0, 1009, 10}),
                      with({5, 0, 0})}) == std::vector<std::size_t>{1, 3, 1, 3, 5, 0});
}

TEST_CASE("those that meet all thresholds come first, front by front") {
  auto d = experiment({real("x", 0, 1)}, {minimize("f"), minimize("g"), keep_below("c", 0)});
  CHECK(places_of(d, {with({1, 2, 0}), with({2, 1, 0}), with({2, 2, 0}), with({0, 0, 1})}) ==
        std::vector<std::size_t>{0, 0, 1, 2});
}

TEST_CASE("the threshold of an optimized metric is one to meet, too") {
  auto d = experiment({real("x", 0, 1)}, {maximize("gain", 5)});
  CHECK(places_of(d, {with({4}), with({6}), with({3})}) == std::vector<std::size_t>{1, 0, 2});
}
