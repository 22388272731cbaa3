#pragma once
#include <span>
#include <vector>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// One Latin hypercube (McKay, Beckman & Conover 1979): `size` points of the unit cube such that each of `size` equal
/// slices of each coordinate holds one.
class latin_hypercube {
public:
  latin_hypercube(std::size_t dimensions, std::size_t size, std::uint64_t seed);
  void point(std::size_t i, std::span<double> out) const;

private:
  std::size_t size_;
  std::uint64_t seed_;
  std::vector<std::vector<std::uint32_t>> slices_;  // of each dimension: the slice of each point
};

/// The sampler "latin_hypercube": one hypercube after the other, each of option `size` points (by default the budget,
/// or 64 without one), spread as the priors say. Points outside the constraints are moved in, repeats are replaced by
/// random new points.
result<plan> suggest_latin_hypercube(const plan_job& job);
std::span<const option_description> latin_hypercube_options();

}  // namespace vilfredo
