#pragma once
#include <span>
#include <vector>

#include "core/random.hpp"
#include "core/space.hpp"
#include "optimizer/design/prior_map.hpp"
#include "optimizer/tpe/split.hpp"

namespace vilfredo {

/// A density over some dimensions of a space: a weighted sum of kernels, one around each point, and one that is
/// uniform, or as the priors of the parameters say, and counts as much as one point (so that nothing is impossible). A
/// kernel is a product over the dimensions (Falkner et al. 2018): a normal distribution cut off at the ends of the unit
/// interval for numbers, and for categories a share for the point's own and the rest for all.
///
/// Numbers are unit coordinates, so that a log scale or a grid is as smooth as any; on integers and grids the density
/// at the middle of a value's share stands for the value.
class parzen {
public:
  /// All points must be active in all `dimensions`. `domain` must outlive it.
  parzen(const space& domain, std::vector<std::size_t> dimensions, const std::vector<weighted_point>& points);

  /// One more kernel, as wide as the others; how wide these are is not thought over.
  void add(const weighted_point& p);

  /// Values of the dimensions (as in assignments), drawn from the density.
  std::vector<double> draw(random_source& random) const;
  double log_density(std::span<const double> values) const;

private:
  /// One dimension of all kernels that have a point.
  struct column {
    bool categorical = false;
    double sigma = 1;                             // numbers; a value's share may ask for more
    double own = 1, log_own = 0, log_other = 0;   // categories: the chance of a point's own one, and their logs
    std::vector<double> centre, narrowness, low;  // means or categories; 1 / σ; mass of the whole normal below 0 …
    std::vector<double> mass;                     // … and between 0 and 1
  };
  /// One more kernel in column j; what its density's scale is divided by.
  double add(std::size_t j, double value, double mean);
  void add_weight(double weight, double log_scale);

  const space* domain_;
  std::vector<std::size_t> dimensions_;
  std::vector<column> columns_;
  std::vector<double> peak_;        // by kernel: the log of its weight and of its density's scale
  std::vector<double> cumulative_;  // by kernel: weights up to it
  double total_ = 1;                // of all weights, with that of the uniform kernel
  double uniform_ = 0;              // the log of the uniform kernel's density, without the priors
  prior_map priors_;
};

}  // namespace vilfredo
