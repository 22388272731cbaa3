#include "optimizer/stopping/opening.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {
bool stops(opening& o, std::uint64_t trial, std::vector<double> losses, int octave = 0) {
  o.marked({trial}, octave, losses);
  return o.judge({trial}, octave, losses).has_value();
}
}  // namespace

TEST_CASE("the best half of those that have come so far goes on") {
  opening o;
  CHECK_FALSE(stops(o, 1, {5}));  // alone
  CHECK(stops(o, 2, {6}));
  CHECK_FALSE(stops(o, 3, {4}));
  CHECK(stops(o, 4, {5.5}));
  CHECK(*o.judge({4}, 0, {5.5}) == "it is not among the best half of the 4 trials that came to its step so far");
  CHECK_FALSE(stops(o, 5, {9}, 1));  // the first in another octave
}

TEST_CASE("with several losses fronts decide") {
  opening o;
  stops(o, 1, {0, 9});
  CHECK(stops(o, 2, {9, 10}));
  CHECK(stops(o, 3, {1, 9.5}));
  CHECK_FALSE(stops(o, 4, {9, 0}));
}

TEST_CASE("who corrects a report counts once, and who takes it back not at all") {
  opening o;
  stops(o, 1, {1});
  o.marked({1}, 0, std::vector<double>{9});
  CHECK_FALSE(stops(o, 2, {5}));
  o.marked({1}, 0, std::nullopt);
  CHECK_FALSE(stops(o, 2, {5}));
}

TEST_CASE("of thousands it keeps a sample that does not depend on their order, and judges those outside of it") {
  opening forth, back;
  for (std::uint64_t t = 1; t <= 2000; ++t)
    forth.marked({t}, 0, std::vector<double>{static_cast<double>(t * 37 % 2000)});
  for (std::uint64_t t = 2000; t >= 1; --t)
    back.marked({t}, 0, std::vector<double>{static_cast<double>(t * 37 % 2000)});
  int stopped = 0;
  for (std::uint64_t t = 1; t <= 2000; ++t) {
    const std::vector<double> mine{static_cast<double>(t * 37 % 2000)};
    CHECK(forth.judge({t}, 0, mine) == back.judge({t}, 0, mine));
    stopped += forth.judge({t}, 0, mine) ? 1 : 0;
  }
  CHECK(stopped > 800);
  CHECK(stopped < 1200);
}
