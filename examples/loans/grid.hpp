#pragma once
#include <vector>

#include "loans/training.hpp"

namespace loans {

struct grid_point {
  parameters what;
  scores how;
};

/// The grid that an expert might lay by hand: 36 points over leaves, learning rate, rounds and class weight, everything
/// else as it ships, and the decision threshold a half.
std::vector<grid_point> evaluate_grid(const split& data, int seed);

}  // namespace loans
