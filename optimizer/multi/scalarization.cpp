#include "optimizer/multi/scalarization.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vilfredo {

std::vector<double> draw_weights(std::size_t objectives, random_source& random) {
  std::vector<double> out(objectives);
  double sum = 0;
  for (double& w : out) sum += w = -std::log1p(-random.uniform());
  for (double& w : out) w = sum > 0 ? w / sum : 1 / static_cast<double>(objectives);
  return out;
}

double chebyshev(std::span<const double> scaled_losses, std::span<const double> weights) {
  constexpr double augmentation = 0.05;
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    most = std::max(most, weights[k] * scaled_losses[k]);
    sum += weights[k] * scaled_losses[k];
  }
  return most + augmentation * sum;
}

}  // namespace vilfredo
