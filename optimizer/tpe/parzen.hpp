#pragma once
#include <span>
#include <vector>

#include "core/random.hpp"
#include "core/space.hpp"
#include "optimizer/tpe/split.hpp"

namespace vilfredo {

/// A density over some dimensions of a space: a weighted sum of kernels, one around each point, and one that is uniform
/// and counts as much as one point (so that nothing is impossible). A kernel is a product over the dimensions
/// (Falkner et al. 2018): a normal distribution cut off at the ends of the unit interval for numbers, and for
/// categories a share for the point's own and the rest for all.
///
/// Numbers are unit coordinates, so that a log scale or a grid is as smooth as any; on integers and grids the density
/// at the middle of a value's share stands for the value.
class parzen {
public:
  /// All points must be active in all `dimensions`. `domain` must outlive it.
  parzen(const space& domain, std::vector<std::size_t> dimensions, const std::vector<weighted_point>& points);

  /// Values of the dimensions (as in assignments), drawn from the density.
  std::vector<double> draw(random_source& random) const;
  double log_density(std::span<const double> values) const;

private:
  struct normal {
    double mean = 0.5, sigma = 1;
    double log_scale = 0;  // the log of the density at the mean, mass outside the unit interval made up for
  };
  bool categorical(std::size_t j) const;
  double coordinate(std::size_t j, double value) const;

  const space* domain_;
  std::vector<std::size_t> dimensions_;
  std::vector<double> log_weights_, cumulative_;   // one a kernel; the last is the uniform one
  std::vector<normal> normals_;                    // point by dimension
  std::vector<double> category_;                   // point by dimension: its own category
  std::vector<double> log_own_, log_other_, own_;  // by dimension: shares of a point's own and of each other category
};

}  // namespace vilfredo
