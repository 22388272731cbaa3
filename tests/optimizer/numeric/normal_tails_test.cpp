#include "optimizer/numeric/normal_tails.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

using namespace vilfredo;

namespace {
double difference(double (*f)(double), double z) {
  const double step = 1e-5 * std::max(1.0, std::abs(z));
  return (f(z + step) - f(z - step)) / (2 * step);
}
}  // namespace

TEST_CASE("the logarithm of the normal distribution function, against known values") {
  // From 50 digits' arithmetic.
  CHECK(log_normal_cdf(0) == doctest::Approx(-0.69314718055994530942).epsilon(1e-14));
  CHECK(log_normal_cdf(1) == doctest::Approx(-0.17275377902344988).epsilon(1e-13));
  CHECK(log_normal_cdf(-5) == doctest::Approx(-15.064998393988726).epsilon(1e-13));
  CHECK(log_normal_cdf(-10) == doctest::Approx(-53.231285150512470).epsilon(1e-13));
  CHECK(log_normal_cdf(-38) == doctest::Approx(-726.55721601882013).epsilon(1e-13));
  CHECK(log_normal_cdf(-100) == doctest::Approx(-5005.5242086942050).epsilon(1e-13));
  CHECK(log_normal_cdf(10) == doctest::Approx(-7.6198530241605261e-24).epsilon(1e-10));
}

TEST_CASE("the logarithm of h, against known values") {
  CHECK(log_normal_excess(0) == doctest::Approx(-0.91893853320467274).epsilon(1e-14));
  CHECK(log_normal_excess(1) == doctest::Approx(0.080026218849306940).epsilon(1e-12));
  CHECK(log_normal_excess(-5) == doctest::Approx(-16.744301162660990).epsilon(1e-12));
  CHECK(log_normal_excess(-10) == doctest::Approx(-55.553122036122356).epsilon(1e-12));
  CHECK(log_normal_excess(-100) == doctest::Approx(-5010.1295788002498).epsilon(1e-13));
  CHECK(log_normal_excess(30) == doctest::Approx(std::log(30.0)).epsilon(1e-14));
}

TEST_CASE("both are smooth where one formula gives way to another") {
  const double at = -15, step = 1e-9;
  for (auto f : {log_normal_cdf, log_normal_excess, log_normal_cdf_slope, log_normal_excess_slope})
    CHECK(f(at - step) == doctest::Approx(f(at + step)).epsilon(1e-8));
}

TEST_CASE("slopes are the derivatives") {
  for (double z : {-1e4, -200.0, -40.0, -15.1, -14.9, -8.0, -3.0, -1.0, 0.0, 0.5, 2.0, 6.0}) {
    CAPTURE(z);
    CHECK(log_normal_cdf_slope(z) == doctest::Approx(difference(log_normal_cdf, z)).epsilon(1e-5).scale(1e-6));
    CHECK(log_normal_excess_slope(z) == doctest::Approx(difference(log_normal_excess, z)).epsilon(1e-5).scale(1e-6));
  }
}

TEST_CASE("nothing overflows, however far out") {
  for (double z : {-1e8, -1e5, 1e5, 1e8}) {
    CHECK(std::isfinite(log_normal_cdf(z)));
    CHECK(std::isfinite(log_normal_excess(z)));
    CHECK(std::isfinite(log_normal_cdf_slope(z)));
    CHECK(std::isfinite(log_normal_excess_slope(z)));
  }
}

TEST_CASE("the logarithm of a difference keeps its digits") {
  CHECK(std::abs(log_difference(std::log(3.0), std::log(2.0))) < 1e-15);
  CHECK(log_difference(-1000, -1001) == doctest::Approx(-1000 + std::log1p(-std::exp(-1.0))).epsilon(1e-14));
  CHECK(log_difference(5, 5) == -std::numeric_limits<double>::infinity());
}
