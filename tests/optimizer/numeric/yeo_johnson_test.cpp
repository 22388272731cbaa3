#include "optimizer/numeric/yeo_johnson.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/random.hpp"

using namespace vilfredo;

TEST_CASE("exponent 1 leaves numbers as they are; the others give known values") {
  for (double z : {-30.0, -1.0, 0.0, 0.3, 7.0}) CHECK(yeo_johnson(z, 1) == doctest::Approx(z).epsilon(1e-14));
  CHECK(yeo_johnson(std::exp(1.0) - 1, 0) == doctest::Approx(1));
  CHECK(yeo_johnson(1 - std::exp(1.0), 2) == doctest::Approx(-1));
  CHECK(yeo_johnson(3, 0.5) == doctest::Approx(2));                // (√4 − 1) / 0.5
  CHECK(yeo_johnson(-3, 0.5) == doctest::Approx(-(8 - 1) / 1.5));  // −(4^1.5 − 1) / 1.5
  CHECK(yeo_johnson(1, -1) == doctest::Approx(0.5));
}

TEST_CASE("it rises, and the slope is the derivative") {
  for (double exponent : {-1.0, -0.3, 0.0, 1e-12, 0.7, 1.0, 1.6, 2.0})
    for (double z = -8; z < 8; z += 0.37) {
      const double step = 1e-6;
      const double slope = (yeo_johnson(z + step, exponent) - yeo_johnson(z - step, exponent)) / (2 * step);
      CHECK(slope > 0);
      CHECK(yeo_johnson_slope(z, exponent) == doctest::Approx(slope).epsilon(1e-6));
    }
}

TEST_CASE("the exponent undoes what made normal numbers skewed") {
  random_source random(3);
  std::vector<double> plain, skewed;
  for (int i = 0; i < 2000; ++i) {
    plain.push_back(random.normal());
    skewed.push_back(std::expm1(plain.back()));  // for exponent 0, the inverse of what is above zero
  }
  CHECK(yeo_johnson_exponent(plain) == doctest::Approx(1).epsilon(0.1));
  CHECK(yeo_johnson_exponent(skewed) < 0.4);
}
