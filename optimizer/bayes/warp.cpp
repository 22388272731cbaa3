#include "optimizer/bayes/warp.hpp"

#include <cmath>

namespace vilfredo {

namespace {
constexpr double least = 1e-4;  // below, the series is exact to a double's half
}

double warp::operator()(double u) const {
  return std::abs(t) < least ? u + t / 2 * u * (1 - u) : std::log1p(u * std::expm1(t)) / t;
}

double warp::slope(double u) const {
  return std::abs(t) < least ? 1 + t * (0.5 - u) : std::expm1(t) / (t * (1 + u * std::expm1(t)));
}

double warp::by_t(double u) const {
  if (std::abs(t) < least) return u * (1 - u) / 2 * (1 + t / 3 * (1 - 2 * u));
  return (u * std::exp(t) / (1 + u * std::expm1(t)) - (*this)(u)) / t;
}

}  // namespace vilfredo
