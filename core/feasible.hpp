#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "core/space.hpp"

namespace vilfredo {

/// Draws configurations that satisfy the linear constraints, uniformly on the parameters' scales: by rejection while
/// that is cheap, else by hit-and-run (Smith 1984) from an interior point that `find_interior` computes.
///
/// A draw depends only on the random numbers handed in. Spaces without constraints cost one from_unit a draw.
class feasible_sampler {
public:
  /// `domain` must outlive the sampler.
  explicit feasible_sampler(const space& domain);

  assignments draw(random_source& random) const;
  /// Moves a point of the unit cube into the feasible set, as little as a line search towards the interior allows; a
  /// feasible point comes back unchanged. For points of a design.
  assignments repair(std::span<const double> u) const;

private:
  bool holds(const std::vector<double>& y) const;
  std::vector<double> walk(random_source& random) const;
  void make_parallel(std::vector<double>& direction, random_source& random) const;

  const space* domain_;
  std::vector<std::size_t> dimensions_;  // those in a constraint; below, coordinates of these in the unit cube
  std::vector<double> interior_;
  std::vector<std::vector<double>> normals_;  // of the constraints, on linear scales
};

/// A strictly feasible value for every dimension, or nothing when the constraints leave no room within the bounds.
std::optional<std::vector<double>> find_interior(const space& domain);

}  // namespace vilfredo
