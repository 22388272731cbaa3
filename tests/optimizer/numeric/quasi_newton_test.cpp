#include "optimizer/numeric/quasi_newton.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vilfredo;

namespace {

box cube(std::size_t n, double low, double high) { return {std::vector<double>(n, low), std::vector<double>(n, high)}; }

double rosenbrock(std::span<const double> x, std::span<double> g) {
  double sum = 0;
  for (auto& v : g) v = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    sum += 100 * a * a + b * b;
    g[i] += -400 * a * x[i] - 2 * b;
    g[i + 1] += 200 * a;
  }
  return sum;
}

}  // namespace

TEST_CASE("it follows the valley of Rosenbrock's function to its end") {
  for (std::size_t n : {2u, 10u}) {
    auto found = minimize_in_box(rosenbrock, std::vector<double>(n, -1.2), cube(n, -5, 5), {1000, 1e-9, 0});
    CHECK(found.value < 1e-12);
    for (double v : found.at) CHECK(v == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("it uses few evaluations where a quadratic model holds") {
  const smooth_function bowl = [](std::span<const double> x, std::span<double> g) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double weight = std::pow(10, 0.3 * static_cast<double>(i));
      sum += weight * (x[i] - 0.3) * (x[i] - 0.3);
      g[i] = 2 * weight * (x[i] - 0.3);
    }
    return sum;
  };
  auto found = minimize_in_box(bowl, std::vector<double>(10, 0.9), cube(10, 0, 1), {1000, 1e-6, 0});
  CHECK(found.value < 1e-12);
  CHECK(found.evaluations < 100);
}

TEST_CASE("a minimum on the bounds is found, and the bounds are kept") {
  // Without bounds the least is at (2, −1); in the unit square at (1, 0).
  std::vector<double> least{1, 1}, most{0, 0};
  const smooth_function f = [&](std::span<const double> x, std::span<double> g) {
    for (std::size_t i = 0; i < 2; ++i) {
      least[i] = std::min(least[i], x[i]);
      most[i] = std::max(most[i], x[i]);
    }
    const double a = x[0] - 2, b = x[1] + 1;
    g[0] = 2 * a + 0.5 * b;
    g[1] = 2 * b + 0.5 * a;
    return a * a + b * b + 0.5 * a * b;
  };
  auto found = minimize_in_box(f, {0.4, 0.6}, cube(2, 0, 1));
  CHECK(found.at[0] == 1);
  CHECK(found.at[1] == 0);
  CHECK(least[0] >= 0);
  CHECK(least[1] >= 0);
  CHECK(most[0] <= 1);
  CHECK(most[1] <= 1);
}

TEST_CASE("cliffs and holes end or shorten the search, no more") {
  const smooth_function cliff = [](std::span<const double> x, std::span<double> g) {
    g[0] = -1;
    return x[0] > 0.5 ? std::numeric_limits<double>::quiet_NaN() : -x[0];
  };
  auto found = minimize_in_box(cliff, {0.1}, cube(1, 0, 1));
  CHECK(found.value <= -0.1);
  CHECK(found.at[0] <= 0.5);
  CHECK(found.at[0] > 0.4);

  const smooth_function nowhere = [](std::span<const double>, std::span<double> g) {
    g[0] = 1;
    return std::numeric_limits<double>::infinity();
  };
  CHECK(minimize_in_box(nowhere, {0.3}, cube(1, 0, 1)).at[0] == 0.3);
}

TEST_CASE("the number of evaluations is kept") {
  for (std::size_t most : {1u, 2u, 7u, 30u}) {
    std::size_t used = 0;
    const smooth_function counted = [&](std::span<const double> x, std::span<double> g) {
      ++used;
      return rosenbrock(x, g);
    };
    auto found = minimize_in_box(counted, {-1.2, 1}, cube(2, -5, 5), {most, 0, 0});
    CHECK(used <= most);
    CHECK(found.evaluations == used);
  }
}

TEST_CASE("nothing to move is nothing to do") {
  auto found = minimize_in_box([](auto, auto) { return 4.0; }, {}, {});
  CHECK(found.at.empty());
  CHECK(found.value == 4);
}
