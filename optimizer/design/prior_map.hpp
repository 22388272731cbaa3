#pragma once
#include <span>
#include <vector>

#include "core/space.hpp"

namespace vilfredo {

/// What the priors of a space make of evenly spread points: a uniform coordinate becomes the one whose value stands at
/// that share of its parameter's prior (the inverse of its distribution function). Points stay as evenly spread as they
/// were, as the priors measure it. Coordinates of parameters without a prior stay.
///
/// A prior is over the value itself, whatever its transformation: a normal one is cut off at the bounds, a beta one
/// stretched to them. Integers own what lies within half of them, values of a grid what lies nearer to them than to
/// others.
class prior_map {
public:
  /// `domain` must outlive it.
  explicit prior_map(const space& domain);

  bool empty() const { return dimensions_.empty(); }
  void apply(std::span<double> u) const;
  /// The value of one dimension at a share of its prior; without one, at the coordinate.
  double value(std::size_t i, double u) const;
  /// The logarithm of how much denser than a uniform one a prior makes the coordinate of a value of dimension `i`, held
  /// within ±50.
  double log_density(std::size_t i, double value) const;

private:
  struct range {
    double low, high;
  };
  static range range_of(const parameter& p);
  double believed(const parameter& p, double u) const;

  const space* domain_;
  std::vector<std::size_t> dimensions_;  // those with a prior
};

}  // namespace vilfredo
