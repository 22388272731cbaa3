#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/space.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// Sobol's sequence (1967) in the unit cube, randomized so that it stays as evenly spread as it is: a random lower
/// triangular matrix scrambles the digits of each dimension and a digital shift moves them (Matoušek 1998).
///
/// Any point can be computed by itself; point i depends only on the seed, the dimension and i. Any 2^k successive
/// points that begin at a multiple of 2^k are spread evenly. It repeats after 2^32 points.
class sobol_sequence {
public:
  sobol_sequence(std::size_t dimensions, std::uint64_t seed);

  std::size_t dimensions() const { return scrambled_.size(); }
  /// Coordinates in (0, 1); `out` has one place a dimension.
  void point(std::uint64_t index, std::span<double> out) const;

private:
  struct dimension {
    std::array<std::uint32_t, 32> directions;
    std::uint32_t shift;
  };
  std::vector<dimension> scrambled_;
};

/// Point `index` of the sequence as a configuration, spread as the priors say (`prior_map`) and moved into the
/// constraints where they cut it off.
assignments sobol_point(const space& domain, std::uint64_t seed, std::uint64_t index);

/// The sampler "sobol": the next points of one sequence, spread as the priors say, those left out that are pending or
/// observed.
result<plan> suggest_sobol(const plan_job& job);

}  // namespace vilfredo
