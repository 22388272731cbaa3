#include "optimizer/bayes/warp.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

using namespace vilfredo;

TEST_CASE("a warp keeps the ends of the unit interval and rises between them") {
  for (double t : {-8.0, -1.0, -1e-5, 0.0, 1e-5, 1.0, 8.0}) {
    CAPTURE(t);
    const warp map{t};
    CHECK(map(0) == doctest::Approx(0).epsilon(1e-12));
    CHECK(map(1) == doctest::Approx(1).epsilon(1e-12));
    for (double u = 0; u < 1; u += 0.125) CHECK(map(u + 0.125) > map(u));
  }
}

TEST_CASE("a great t makes a logarithmic scale: each factor of u is as long as the others") {
  const warp map{std::log(1e6)};
  const double decade = map(1e-2) - map(1e-3);
  CHECK(map(1e-1) - map(1e-2) == doctest::Approx(decade).epsilon(0.01));
  CHECK(decade == doctest::Approx(1.0 / 6).epsilon(0.01));
}

TEST_CASE("what t does at one end, minus t does at the other") {
  for (double t : {0.3, 2.0, 7.0})
    for (double u = 0; u <= 1; u += 0.125) CHECK(warp{-t}(u) == doctest::Approx(1 - warp{t}(1 - u)).epsilon(1e-12));
}

TEST_CASE("slopes agree with differences, also where the series takes over") {
  constexpr double h = 1e-6;
  for (double t : {-6.0, -0.5, -1.01e-4, -0.99e-4, 0.0, 0.99e-4, 1.01e-4, 0.5, 6.0})
    for (double u : {0.01, 0.2, 0.5, 0.77, 0.99}) {
      CAPTURE(t);
      CAPTURE(u);
      const warp map{t};
      CHECK(map.slope(u) == doctest::Approx((map(u + h) - map(u - h)) / (2 * h)).epsilon(1e-5));
      CHECK(map.by_t(u) == doctest::Approx((warp{t + h}(u)-warp{t - h}(u)) / (2 * h)).epsilon(1e-5));
    }
}
