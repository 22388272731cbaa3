#include "optimizer/numeric/student.hpp"

#include <array>
#include <cmath>
#include <numbers>

// Abramowitz & Stegun 1964, 26.7.3 and 26.7.4. ν degrees of freedom, θ = arctan(t / √ν); A(t | ν) the probability
// within ± t:
//   ν odd:   A = 2/π (θ + sin θ (cos θ + 2/3 cos³ θ + … + (2·4⋯(ν−3)) / (1·3⋯(ν−2)) cos^(ν−2) θ)),
//   ν even:  A = sin θ (1 + 1/2 cos² θ + … + (1·3⋯(ν−3)) / (2·4⋯(ν−2)) cos^(ν−2) θ).

namespace vilfredo {

namespace {
/// (k + 1) / (k + 2): a stopping rule asks some times for each report, of at most thirty degrees.
constexpr auto ratios = [] {
  std::array<double, 32> out{};
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<double>(k + 1) / static_cast<double>(k + 2);
  return out;
}();
double ratio(std::size_t k) {
  return k < ratios.size() ? ratios[k] : static_cast<double>(k + 1) / static_cast<double>(k + 2);
}
}  // namespace

double student_cdf(double t, std::size_t degrees) {
  const double tangent = t / std::sqrt(static_cast<double>(degrees)), squared = tangent * tangent;
  const double cosine = 1 / std::sqrt(1 + squared), sine = std::copysign(1 / std::sqrt(1 + 1 / squared), t);
  const bool odd = degrees % 2 == 1;
  // The terms are cos^k times a ratio of products, k = 1, 3, …, ν − 2 for odd ν and 0, 2, …, ν − 2 for even ν.
  double sum = 0, term = odd ? cosine : 1;
  for (std::size_t k = odd ? 1 : 0; k + 2 <= degrees; k += 2) {
    sum += term;
    term *= cosine * cosine * ratio(k);
  }
  const double within = odd ? 2 / std::numbers::pi * (std::atan(tangent) + sine * sum) : sine * sum;
  return (1 + within) / 2;
}

}  // namespace vilfredo
