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

std::vector<parameter> cube(std::size_t n, double min, double max) {
  std::vector<parameter> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(test::real("x" + std::to_string(i), min, max));
  return out;
}

}  // namespace vilfredo::bench
