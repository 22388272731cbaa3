#pragma once
#include <span>
#include <vector>

#include "core/random.hpp"

namespace vilfredo {

/// Weights that are not negative and add up to 1, uniform among all such.
std::vector<double> draw_weights(std::size_t objectives, random_source& random);

/// Several losses as one: the augmented Chebyshev distance of Knowles 2006 (ParEGO), max w·y + 0.05 Σ w·y, for losses
/// scaled such that 0 is the best and 1 the worst of interest. Each point of a front, hollow parts too, is least for
/// some weights.
double chebyshev(std::span<const double> scaled_losses, std::span<const double> weights);

}  // namespace vilfredo
