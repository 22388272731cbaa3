#include "optimizer/numeric/incomplete_beta.hpp"

#include <cmath>

// The continued fraction 26.5.8 of Abramowitz & Stegun 1964,
//   I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) · 1 / (1 + d₁ / (1 + d₂ / (1 + …))),
//   d_(2m+1) = −(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1)),  d_(2m) = m (b − m) x / ((a + 2m − 1)(a + 2m)),
// evaluated from the front (Lentz 1976), which is quick for x < (a + 1) / (a + b + 2); else 1 − I_(1−x)(b, a).

namespace vilfredo {

namespace {

double fraction(double x, double a, double b) {
  constexpr int most = 500;
  constexpr double tiny = 1e-300, enough = 1e-15;
  auto held = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / held(1 - (a + b) * x / (a + 1)), out = d;
  for (int m = 1; m <= most; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / held(1 + even * d);
    c = held(1 + even / c);
    out *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / held(1 + odd * d);
    c = held(1 + odd / c);
    const double step = d * c;
    out *= step;
    if (std::abs(step - 1) < enough) break;
  }
  return out;
}

}  // namespace

double beta_cdf(double x, double a, double b) {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  const double log_front = a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  if (x < (a + 1) / (a + b + 2)) return std::exp(log_front) * fraction(x, a, b) / a;
  return 1 - std::exp(log_front) * fraction(1 - x, b, a) / b;
}

double beta_log_density(double x, double a, double b) {
  // 0 · log 0 is nothing here.
  auto power = [](double v, double exponent) { return exponent == 0 ? 0 : exponent * std::log(v); };
  return power(x, a - 1) + power(1 - x, b - 1) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
}

double beta_quantile(double p, double a, double b) {
  if (!(p > 0)) return 0;
  if (p >= 1) return 1;
  double low = 0, high = 1;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low < 1e-16) return middle;
    (beta_cdf(middle, a, b) < p ? low : high) = middle;
  }
}

}  // namespace vilfredo
