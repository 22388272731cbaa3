#include "optimizer/numeric/normal_tails.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace vilfredo {

namespace {

constexpr double log_root_two_pi = 0.91893853320467274178;
constexpr double far = -15;  // below it the asymptotic series is exact to rounding, above it the library's erfc is
constexpr int terms = 12;

/// Σ over k of (−1)^k c_k z^(−2k), c_0 = 1 and c_k = c_(k−1) (2k + first): Mills' ratio and h have such series
/// (Abramowitz & Stegun 1964, 26.2.12).
double tail_series(double z, int first) {
  const double step = 1 / (z * z);
  double sum = 1, term = 1;
  for (int k = 1; k <= terms; ++k) {
    term *= -(2 * k + first) * step;
    sum += term;
  }
  return sum;
}

double cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace

double log_normal_density(double z) { return -0.5 * z * z - log_root_two_pi; }

double log_normal_cdf(double z) {
  if (z < far) return log_normal_density(z) - std::log(-z) + std::log(tail_series(z, -1));
  return z > 0 ? std::log1p(-cdf(-z)) : std::log(cdf(z));
}

double log_normal_excess(double z) {
  if (z < far) return log_normal_density(z) - 2 * std::log(-z) + std::log(tail_series(z, 1));
  return std::log(std::exp(log_normal_density(z)) + z * cdf(z));
}

double log_normal_cdf_slope(double z) {
  return z < far ? -z / tail_series(z, -1) : std::exp(log_normal_density(z)) / cdf(z);
}

double log_normal_excess_slope(double z) {
  return z < far ? -z * tail_series(z, -1) / tail_series(z, 1) : cdf(z) / std::exp(log_normal_excess(z));
}

double log_difference(double a, double b) {
  if (!(a > b)) return -std::numeric_limits<double>::infinity();
  return a + std::log(-std::expm1(b - a));
}

}  // namespace vilfredo
