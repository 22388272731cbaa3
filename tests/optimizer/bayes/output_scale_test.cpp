#include "optimizer/bayes/output_scale.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "core/random.hpp"

using namespace vilfredo;

namespace {

std::vector<double> skewed(int n) {
  random_source random(1);
  std::vector<double> out;
  for (int i = 0; i < n; ++i) out.push_back(std::exp(2 * random.normal()));
  return out;
}

struct moments {
  double mean = 0, spread = 0, skew = 0;
};
moments of(const output_scale& scale, const std::vector<double>& losses) {
  moments out;
  const auto n = static_cast<double>(losses.size());
  for (double l : losses) out.mean += scale(l) / n;
  for (double l : losses) out.spread += std::pow(scale(l) - out.mean, 2) / n;
  out.spread = std::sqrt(out.spread);
  for (double l : losses) out.skew += std::pow((scale(l) - out.mean) / out.spread, 3) / n;
  return out;
}

}  // namespace

TEST_CASE("transformed losses have mean 0 and spread 1; the power transform also makes them even") {
  const auto losses = skewed(300);
  const auto linear = of(output_scale::linear(losses), losses), power = of(output_scale::power(losses), losses),
             drawn_in = of(output_scale::drawn_in(losses), losses);
  for (const auto& m : {linear, power, drawn_in}) {
    CHECK(std::abs(m.mean) < 1e-9);
    CHECK(m.spread == doctest::Approx(1));
  }
  CHECK(linear.skew > 3);
  CHECK(std::abs(power.skew) < 1);
  CHECK(drawn_in.skew < linear.skew / 2);
}

TEST_CASE("every map rises, and its slope is the derivative") {
  const auto losses = skewed(100);
  for (const auto& scale : {output_scale::linear(losses), output_scale::drawn_in(losses), output_scale::power(losses),
                            output_scale::around(2, losses)})
    for (double l : {-3.0, 0.01, 0.7, 1.9, 2.1, 12.0}) {
      const double slope = (scale(l + 1e-6) - scale(l - 1e-6)) / 2e-6;
      CHECK(slope > 0);
      CHECK(scale.slope(l) == doctest::Approx(slope).epsilon(1e-5));
    }
}

TEST_CASE("bad losses do not set the scale of good ones, whose distances stay as they are") {
  const auto tame = output_scale::drawn_in({1, 2, 3, 4, 5, 6, 7}),
             wild = output_scale::drawn_in({1, 2, 3, 4, 50, 600, 7e5});
  for (const auto& scale : {tame, wild}) {
    CHECK(scale(2) - scale(1) == doctest::Approx(scale(4) - scale(3)));
    CHECK(scale(7) - scale(6) ==
          doctest::Approx(scale(2) - scale(1)));  // as far beyond the median as the best is below
    CHECK(scale(31) - scale(16) < scale(16) - scale(7));
  }
  CHECK(wild(2) - wild(1) > 0.05);
  CHECK(output_scale::linear({1, 2, 3, 4, 50, 600, 7e5})(2) - output_scale::linear({1, 2, 3, 4, 50, 600, 7e5})(1) <
        0.01);
}

TEST_CASE("a limit becomes 0, and its sides keep their signs") {
  const auto scale = output_scale::around(5, {1, 4, 5.5, 1e12});
  CHECK(scale(5) == 0);
  CHECK(scale(4.999) < 0);
  CHECK(scale(5.001) > 0);
  CHECK(scale(1e12) < 40);
}

TEST_CASE("how far the losses beyond a limit go does not blur those within it") {
  const auto near = output_scale::around(1, {0.1, 0.3, 0.6, 1.2, 1.5, 3}),
             far = output_scale::around(1, {0.1, 0.3, 0.6, 1e5, 1e6, 1e7});
  CHECK(far(0.8) == doctest::Approx(near(0.8)).epsilon(0.5));
  CHECK(far(2) == doctest::Approx(near(2)).epsilon(0.5));
}

TEST_CASE("whatever comes in, what comes out is finite") {
  const std::vector<std::vector<double>> odd{{},
                                             {3},
                                             {1, 1, 1, 1},
                                             {-1e300, 1e300, 0.5},
                                             {-1.7e308, 1.7e308, -1.7e308, 1.7e308},
                                             {1e-310, 2e-310, 5e-310},
                                             {1, 1, 1, 1e300}};
  for (const auto& losses : odd)
    for (const auto& scale : {output_scale::linear(losses), output_scale::drawn_in(losses), output_scale::power(losses),
                              output_scale::around(losses.empty() ? 0 : losses[0], losses)})
      for (double l : losses) {
        CHECK(std::isfinite(scale(l)));
        CHECK(std::isfinite(scale.slope(l)));
      }
}
