#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "core/space.hpp"
#include "optimizer/axis.hpp"
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

  /// Values as densities over these dimensions see them, whatever their points.
  Eigen::VectorXd place(std::span<const double> values) const;
  /// The log densities of many, a column each.
  Eigen::ArrayXd log_densities(const Eigen::MatrixXd& places) const;

private:
  enum class kind {
    categories,
    even,    // numbers whose kernels are all equally wide …
    uneven,  // … or, on integers and grids, as wide as a value's share asks for
  };
  struct column {
    axis along;
    parzen::kind kind = kind::even;
    double sigma = 1, narrowness = 1;            // numbers: 1 / σ, of even ones
    double own = 1, log_own = 0, log_other = 0;  // categories: the chance of a point's own one, and their logs
    Eigen::Index bend = 0;                       // uneven: its first column of bends_
  };
  /// The coordinate of a value, less ½, or its category.
  double placed(std::size_t j, double value) const;
  /// One dimension of kernel k, at a place; what its density's scale is divided by.
  double set(std::size_t j, Eigen::Index k, double value, double place);
  void set_weight(Eigen::Index k, double weight, double log_scale);
  double narrowness(std::size_t j, Eigen::Index k) const;

  const space* domain_;
  std::vector<std::size_t> dimensions_;
  std::vector<column> columns_;
  Eigen::Index kernels_ = 0;  // of the rows of the following
  Eigen::MatrixXd centres_;   // [kernel, dimension]: categories, and means of numbers, less ½
  Eigen::MatrixXd bends_;     // [kernel, 2 · uneven]: mean / σ², −1 / 2σ²
  Eigen::ArrayXd bases_;      // [kernel]: the log of its weight and of its density's scale, less Σ ½ (mean / σ)²
  std::vector<double> cumulative_;  // by kernel: weights up to it
  double total_ = 1;                // of all weights, with that of the uniform kernel
  double uniform_ = 0;              // the log of the uniform kernel's density, without the priors
  prior_map priors_;
};

}  // namespace vilfredo
