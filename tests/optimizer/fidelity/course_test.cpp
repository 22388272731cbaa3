#include "optimizer/fidelity/course.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace vilfredo;

namespace {

trial reported(std::vector<progress_report> reports) {
  trial out;
  out.reports = std::move(reports);
  return out;
}

}  // namespace

TEST_CASE("an octave of steps is four levels, and each power of two begins one") {
  for (int k = -8; k <= 40; ++k) CHECK(level_of(std::ldexp(1, k)) == 4 * k);
  CHECK(level_of(1.9) == 3);
  CHECK(level_of(0) == level_of(1e-300));
}

TEST_CASE("a course keeps the last word at the highest step of each level") {
  // 8 and 9 are of one level, and came in the wrong order; 4 was said twice.
  const course c(reported({{4, 1, {7}}, {9, 1, {3}}, {8, 1, {5}}, {4, 2, {6}}}));
  CHECK(c.last() == level_of(8));
  CHECK(c.at(level_of(4))[0] == 6);
  CHECK(c.at(level_of(8))[0] == 3);
}

TEST_CASE("between its levels a course stands where it was, and beyond its ends nowhere") {
  const course c(reported({{2, 1, {1, 10}}, {16, 1, {2, 20}}}));
  CHECK(c.at(level_of(8))[1] == 10);
  CHECK(c.at(level_of(1)).empty());
  CHECK(c.at(level_of(32)).empty());
  CHECK(course(trial{}).empty());
}

TEST_CASE("a course of ten thousand reports is some dozens of levels") {
  std::vector<progress_report> all;
  for (int i = 1; i <= 10'000; ++i) all.push_back({static_cast<double>(i), 1, {static_cast<double>(i)}});
  const course c(reported(std::move(all)));
  std::size_t distinct = 0;
  double before = 0;
  for (int level = 0; level <= c.last(); ++level) {
    distinct += c.at(level)[0] != before;
    before = c.at(level)[0];
  }
  CHECK(distinct < 60);
  CHECK(before == 10'000);
}
