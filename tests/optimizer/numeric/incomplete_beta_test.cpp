#include "optimizer/numeric/incomplete_beta.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <numbers>

using namespace vilfredo;

TEST_CASE("the distributions with a formula come out as their formula") {
  for (double x : {0.0, 0.01, 0.3, 0.5, 0.77, 0.999, 1.0}) {
    CHECK(beta_cdf(x, 1, 1) == doctest::Approx(x).epsilon(1e-12));
    CHECK(beta_cdf(x, 3, 1) == doctest::Approx(x * x * x).epsilon(1e-12));
    CHECK(beta_cdf(x, 1, 4) == doctest::Approx(1 - std::pow(1 - x, 4)).epsilon(1e-12));
    CHECK(beta_cdf(x, 2, 2) == doctest::Approx(x * x * (3 - 2 * x)).epsilon(1e-12));
    CHECK(beta_cdf(x, 0.5, 0.5) == doctest::Approx(2 / std::numbers::pi * std::asin(std::sqrt(x))).epsilon(1e-11));
  }
}

TEST_CASE("the density is the distribution's slope") {
  for (double x : {0.05, 0.5, 0.9}) {
    const double slope = (beta_cdf(x + 1e-6, 2.5, 0.7) - beta_cdf(x - 1e-6, 2.5, 0.7)) / 2e-6;
    CHECK(std::exp(beta_log_density(x, 2.5, 0.7)) == doctest::Approx(slope).epsilon(1e-6));
  }
  CHECK(beta_log_density(0, 1, 1) == 0);
  CHECK(beta_log_density(1, 1, 1) == 0);
}

TEST_CASE("quantiles undo it, for flat, steep, lopsided and spiky shapes") {
  for (double a : {0.05, 0.7, 1.0, 8.0, 900.0})
    for (double b : {0.05, 1.0, 2.5, 300.0})
      for (double p : {1e-9, 0.02, 0.5, 0.9, 1 - 1e-6}) {
        const double x = beta_quantile(p, a, b);
        CHECK(x >= 0);
        CHECK(x <= 1);
        // Nearer to an end than about 1e-16 the search ends, and beside 1 a double's next neighbour may be far on.
        if (x > 1e-15 && x < 1 - 1e-9) CHECK(beta_cdf(x, a, b) == doctest::Approx(p).epsilon(1e-7));
      }
  CHECK(beta_quantile(0, 2, 3) == 0);
  CHECK(beta_quantile(1, 2, 3) == 1);
}
