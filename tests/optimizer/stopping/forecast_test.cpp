#include "optimizer/stopping/forecast.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"

using vilfredo::random_source;
using namespace vilfredo::stopping;

TEST_CASE("from trials that all gained the same it foretells that gain with certainty") {
  std::vector<course> known;
  for (int i = 0; i < 20; ++i) known.push_back({10.0 + i, -1, 7.0 + i});
  const auto p = forecast(known).from(12.5, -1);
  CHECK(p.mean == doctest::Approx(9.5));
  CHECK(p.scale < 0.05);
  CHECK(p.below(9) < 0.001);
  CHECK(p.below(10) > 0.999);
}

TEST_CASE("the level is the mean where nothing distinguishes trials, with the spread of a new one") {
  // r is -1 or -3, as often: mean -2, and n = 8 of weight 1 each, for all distances are zero.
  std::vector<course> known;
  for (int i = 0; i < 8; ++i) known.push_back({10, 0, i % 2 == 0 ? 9.0 : 7.0});
  const auto p = forecast(known).from(10, 0);
  CHECK(p.mean == doctest::Approx(8));
  CHECK(p.degrees == 9);
  // The prior says 1 for one course, the residuals 8 for eight: 9 / 9, and 1 / 8 for the level.
  CHECK(p.scale == doctest::Approx(std::sqrt(1 + 1.0 / 8)));
}

TEST_CASE("it learns how the gain depends on what was seen") {
  random_source random(2);
  std::vector<course> known;
  for (int i = 0; i < 200; ++i) {
    const double change = -random.uniform(), now = 1 + random.uniform();
    known.push_back({now, change, now + 2 * change + 0.01 * random.normal()});
  }
  const forecast f(known);
  CHECK(f.from(1.2, -0.8).mean == doctest::Approx(1.2 - 1.6).epsilon(0.1));
  CHECK(f.from(1.2, -0.5).mean == doctest::Approx(1.2 - 1.0).epsilon(0.2));
}

TEST_CASE("its chances hold: of ends with a chance of p to be below, about p are") {
  random_source random(3);
  auto draw = [&] {
    const double now = random.uniform();
    return course{now, 0, now * now + 0.1 * random.normal()};
  };
  std::vector<double> chances;
  for (int run = 0; run < 60; ++run) {
    std::vector<course> known;
    for (int i = 0; i < 40; ++i) known.push_back(draw());
    const forecast f(known);
    for (int i = 0; i < 20; ++i) {
      const auto x = draw();
      if (x.now < 0.5) chances.push_back(f.from(x.now, 0).below(x.end));
    }
  }
  std::ranges::sort(chances);
  for (double p : {0.1, 0.25, 0.5, 0.75}) {
    const auto at = static_cast<std::size_t>(p * static_cast<double>(chances.size()));
    CHECK(std::fabs(chances[at] - p) < 0.08);
  }
}

TEST_CASE("trials that diverged do not hide the others") {
  std::vector<course> known;
  for (int i = 0; i < 20; ++i) known.push_back({10.0 + i / 10.0, 0, 9.0 + i / 10.0});
  for (int i = 0; i < 4; ++i) known.push_back({1e30, 1e30, HUGE_VAL});
  const auto p = forecast(known).from(10.5, 0);
  CHECK(p.mean == doctest::Approx(9.5).epsilon(0.05));
  CHECK(p.scale < 0.5);
}

TEST_CASE("nothing is foretold from fewer than four") {
  CHECK(forecast({{1, 0, 1}, {2, 0, 2}, {3, 0, 3}}).empty());
  CHECK_FALSE(forecast({{1, 0, 1}, {2, 0, 2}, {3, 0, 3}, {4, 0, 4}}).empty());
}
