#include "optimizer/bayes/acquisition.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/hypervolume.hpp"
#include "core/random.hpp"

using namespace vilfredo;

namespace {

using points = std::vector<std::vector<double>>;

points some_front(std::size_t m) {
  if (m == 2) return {{0.1, 0.8}, {0.3, 0.5}, {0.7, 0.2}};
  if (m == 3) return {{0.1, 0.8, 0.5}, {0.3, 0.5, 0.4}, {0.7, 0.2, 0.6}, {0.6, 0.6, 0.1}};
  return {{0.1, 0.8, 0.5, 0.5}, {0.3, 0.5, 0.4, 0.7}, {0.7, 0.2, 0.6, 0.3}, {0.6, 0.6, 0.1, 0.2}};
}

std::vector<belief> some_beliefs(std::size_t m, double mean, double deviation) {
  std::vector<belief> out;
  for (std::size_t k = 0; k < m; ++k)
    out.push_back({mean + 0.1 * static_cast<double>(k), deviation * (1 + 0.3 * static_cast<double>(k))});
  return out;
}

}  // namespace

TEST_CASE("expected improvement and its slopes, against the plain formula and differences") {
  for (double mean : {-1.0, 0.5, 2.0, 30.0})
    for (double deviation : {0.1, 1.0}) {
      const double target = 0.3;
      double by_mean = 0, by_deviation = 0;
      const double value = log_expected_improvement({mean, deviation}, target, &by_mean, &by_deviation);
      const double z = (target - mean) / deviation;
      if (z > -5) {
        const double cdf = 0.5 * std::erfc(-z / std::sqrt(2.0)), pdf = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
        CHECK(value == doctest::Approx(std::log((target - mean) * cdf + deviation * pdf)).epsilon(1e-8));
      }
      CHECK(std::isfinite(value));
      const double step = 1e-5;
      auto at = [&](double m, double s) { return log_expected_improvement({m, s}, target); };
      CHECK(by_mean ==
            doctest::Approx((at(mean + step, deviation) - at(mean - step, deviation)) / (2 * step)).epsilon(1e-5));
      CHECK(by_deviation ==
            doctest::Approx((at(mean, deviation + step) - at(mean, deviation - step)) / (2 * step)).epsilon(1e-5));
    }
}

TEST_CASE("the probability of keeping a limit and its slopes") {
  CHECK(log_probability_below({0, 1}, 0) == doctest::Approx(std::log(0.5)));
  CHECK(log_probability_below({0, 3}, 3) == doctest::Approx(std::log(0.5 * std::erfc(-1 / std::sqrt(2.0)))));
  for (double mean : {-2.0, 1.0, 20.0}) {
    double by_mean = 0, by_deviation = 0;
    log_probability_below({mean, 0.7}, 0.2, &by_mean, &by_deviation);
    auto at = [&](double m, double s) { return log_probability_below({m, s}, 0.2); };
    CHECK(by_mean == doctest::Approx((at(mean + 1e-5, 0.7) - at(mean - 1e-5, 0.7)) / 2e-5).epsilon(1e-5).scale(1e-4));
    CHECK(by_deviation ==
          doctest::Approx((at(mean, 0.7 + 1e-5) - at(mean, 0.7 - 1e-5)) / 2e-5).epsilon(1e-5).scale(1e-4));
  }
}

TEST_CASE("expected hypervolume improvement is the mean over draws of what they add") {
  for (std::size_t m : {2u, 3u, 4u}) {
    CAPTURE(m);
    const std::vector<double> reference(m, 1.0);
    const auto front = some_front(m);
    const expected_hypervolume volume(undominated_cells(front, reference));
    const auto beliefs = some_beliefs(m, 0.3, 0.2);
    random_source random(m);
    const double before = hypervolume(front, reference);
    double sum = 0, squares = 0;
    constexpr int draws = 40'000;
    for (int i = 0; i < draws; ++i) {
      auto with = front;
      with.emplace_back();
      for (const auto& b : beliefs) with.back().push_back(b.mean + b.deviation * random.normal());
      const double added = hypervolume(with, reference) - before;
      sum += added;
      squares += added * added;
    }
    const double mean = sum / draws, error = std::sqrt((squares / draws - mean * mean) / draws);
    CHECK(std::abs(std::exp(volume.log_value(beliefs)) - mean) < 4 * error);
  }
}

TEST_CASE("the slopes of expected hypervolume agree with differences, near the front and far behind it") {
  for (std::size_t m : {2u, 3u, 4u})
    for (double mean : {0.0, 0.4, 3.0, 20.0})
      for (double deviation : {0.02, 0.3}) {
        CAPTURE(m);
        CAPTURE(mean);
        CAPTURE(deviation);
        const expected_hypervolume volume(undominated_cells(some_front(m), std::vector<double>(m, 1.0)));
        const auto beliefs = some_beliefs(m, mean, deviation);
        belief_slopes slopes;
        const double value = volume.log_value(beliefs, &slopes);
        CHECK(std::isfinite(value));
        CHECK(value == volume.log_value(beliefs));
        for (std::size_t k = 0; k < m; ++k) {
          const double step = 1e-4 * deviation;
          auto above = beliefs, below = beliefs;
          above[k].mean += step;
          below[k].mean -= step;
          const double by_mean = (volume.log_value(above) - volume.log_value(below)) / (2 * step);
          CHECK(slopes.mean[k] == doctest::Approx(by_mean).epsilon(1e-4).scale(1e-2));
          above = below = beliefs;
          above[k].deviation += step;
          below[k].deviation -= step;
          const double by_deviation = (volume.log_value(above) - volume.log_value(below)) / (2 * step);
          CHECK(slopes.deviation[k] == doctest::Approx(by_deviation).epsilon(1e-4).scale(1e-2));
        }
      }
}

TEST_CASE("without a front, the improvement of one certain point is its box") {
  const expected_hypervolume volume(undominated_cells({}, std::vector<double>{1, 1}));
  const std::vector<belief> certain{{0.2, 1e-6}, {0.5, 1e-6}};
  CHECK(volume.log_value(certain) == doctest::Approx(std::log(0.8 * 0.5)).epsilon(1e-5));
}
