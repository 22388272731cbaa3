#include "bench/problems/functions.hpp"

#include <cmath>
#include <numbers>

#include "tests/support/builders.hpp"

namespace vilfredo::bench {

using std::numbers::pi;

double branin(double x, double y) {
  return square(y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6) + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

double currin(double x, double y) {
  const double f = (2300 * x * x * x + 1900 * x * x + 2092 * x + 60) / (100 * x * x * x + 500 * x * x + 4 * x + 20);
  return (y > 0 ? 1 - std::exp(-0.5 / y) : 1) * f;
}

double hartmann6(const std::vector<double>& x) {
  constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                              {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                              {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                              {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  constexpr double c[4] = {1.0, 1.2, 3.0, 3.2};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0;
    for (std::size_t j = 0; j < 6; ++j) inner += a[i][j] * square(x[j] - p[i][j]);
    sum -= c[i] * std::exp(-inner);
  }
  return sum;
}

double ackley(const std::vector<double>& x, double top) {
  double squares = 0, waves = 0;
  const auto n = static_cast<double>(x.size());
  for (double v : x) {
    squares += square(v - top);
    waves += std::cos(2 * pi * (v - top));
  }
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(waves / n) + 20 + std::numbers::e;
}

double rosenbrock(const std::vector<double>& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}

double levy(const std::vector<double>& x) {
  auto w = [&](std::size_t i) { return 1 + (x[i] - 1) / 4; };
  const auto last = x.size() - 1;
  double sum = square(std::sin(pi * w(0))) + square(w(last) - 1) * (1 + square(std::sin(2 * pi * w(last))));
  for (std::size_t i = 0; i < last; ++i) sum += square(w(i) - 1) * (1 + 10 * square(std::sin(pi * w(i) + 1)));
  return sum;
}

std::vector<parameter> cube(std::size_t n, double min, double max) {
  std::vector<parameter> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(test::real("x" + std::to_string(i), min, max));
  return out;
}

}  // namespace vilfredo::bench
