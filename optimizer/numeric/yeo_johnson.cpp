#include "optimizer/numeric/yeo_johnson.hpp"

#include <cmath>
#include <vector>

// Yeo & Johnson 2000, "A new family of power transformations to improve normality or symmetry". z the numbers [n],
// λ the exponent: ψ(z) = ((1 + z)^λ − 1) / λ for z ≥ 0, −((1 − z)^(2−λ) − 1) / (2 − λ) below, logarithms where a
// divisor is 0; ψ' = (1 + |z|)^(±(λ − 1)).

namespace vilfredo {

namespace {

/// ((1 + z)^p − 1) / p for z ≥ 0, and its limit log(1 + z) for p = 0.
double power(double z, double p) {
  const double log = std::log1p(z);
  return std::abs(p) < 1e-9 ? log : std::expm1(p * log) / p;
}

/// Equation 3.1 without its constant: −n/2 log variance + (exponent − 1) Σ sign(z) log(1 + |z|).
double log_likelihood(std::span<const double> z, double exponent) {
  const auto n = static_cast<double>(z.size());
  double sum = 0, jacobian = 0;
  std::vector<double> t;
  t.reserve(z.size());
  for (double v : z) {
    t.push_back(yeo_johnson(v, exponent));
    sum += t.back();
    jacobian += std::copysign(std::log1p(std::abs(v)), v);
  }
  double square = 0;
  for (double v : t) square += (v - sum / n) * (v - sum / n);
  return -0.5 * n * std::log(square / n + 1e-300) + (exponent - 1) * jacobian;
}

}  // namespace

double yeo_johnson(double z, double exponent) { return z >= 0 ? power(z, exponent) : -power(-z, 2 - exponent); }

double yeo_johnson_slope(double z, double exponent) {
  return std::exp((z >= 0 ? exponent - 1 : 1 - exponent) * std::log1p(std::abs(z)));
}

double yeo_johnson_exponent(std::span<const double> z) {
  // The likelihood has one hill; thirds close in on it.
  double low = -1, high = 2;
  while (high - low > 1e-3) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    if (log_likelihood(z, a) < log_likelihood(z, b))
      low = a;
    else
      high = b;
  }
  return (low + high) / 2;
}

}  // namespace vilfredo
