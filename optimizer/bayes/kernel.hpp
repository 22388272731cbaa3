#pragma once
#include <cstddef>
#include <Eigen/Core>
#include <optional>
#include <vector>

#include "core/definition.hpp"

namespace vilfredo {

/// How configurations look to a Gaussian process: a row of columns each, between which distances make sense.
///
/// Every dimension that can vary has a length scale of its own. Numbers are one column, the unit coordinate (integers
/// and grids at the middle of their value's share, so the model lives on the values that exist). A number that exists
/// only under conditions is two columns, a point on a quarter of a circle whose length is that of the unit interval, or
/// the circle's centre where the number does not exist: all existing values are equally far from "none" (the arc
/// kernel of Swersky et al. 2014). A category is one column holding its index, −1 where it does not exist; two
/// categories are equal or one apart (Hamming).
///
/// With tasks a row has one column more, a number: 0 for a full trial, an eighth for the cheapest task, the others
/// between by the logarithm of their cost. So it has a length scale of its own, which says how much tasks tell of each
/// other, and as it is short they are believed alike until they prove not to be.
class encoding {
public:
  /// `domain` must outlive it.
  explicit encoding(const space& domain, const std::vector<task>& tasks = {});

  struct column {
    std::size_t dimension = 0;
    std::size_t scale = 0;  ///< which length scale
    bool category = false;
    enum class part { plain, cosine, sine } form = part::plain;
  };
  /// Numbers first, then categories.
  const std::vector<column>& columns() const { return columns_; }
  std::size_t numbers() const { return numbers_; }
  /// Those that a warp may be put before: the unit coordinates of numbers that always exist.
  const std::vector<std::size_t>& warped() const { return warped_; }
  std::size_t scales() const { return scales_; }

  Eigen::VectorXd encode(const assignments& x, std::optional<task_index> task = {}) const;
  /// How unlike two rows are: the distance of their columns, two different categories being 1 apart.
  double unlikeness(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const;
  /// Moves a number that exists to unit coordinate `u`.
  void place(std::size_t dimension, double u, Eigen::VectorXd& row) const;
  /// The derivative by the unit coordinate, at `u`, of what has derivative `gradient` by the columns.
  double pull_back(std::size_t dimension, double u, const Eigen::VectorXd& gradient) const;

private:
  const space* domain_;
  std::vector<column> columns_;
  std::vector<std::vector<std::size_t>> of_dimension_;  // columns
  std::vector<double> levels_;                          // of the tasks
  std::vector<std::size_t> warped_;
  std::size_t numbers_ = 0, scales_ = 0;
};

/// Parameters of the kernel s · M(r), r² = Σ (distance along a dimension / its length scale)², M Matérn's with ν = 5/2.
struct kernel_parameters {
  std::vector<double> log_scales;  ///< one a length scale of the encoding
  double log_signal = 0;           ///< log s, a variance
  double log_noise = -7;           ///< a variance, of one measurement
  std::vector<double> warps = {};  ///< one a warped column: t of the map that is put before the distance; none: all 0

  bool operator==(const kernel_parameters&) const = default;
};

/// M and its derivative by r², for each of the squared distances.
void matern(const Eigen::ArrayXd& square_distance, Eigen::ArrayXd& value, Eigen::ArrayXd& slope);
void matern(const Eigen::ArrayXd& square_distance, Eigen::ArrayXd& value);

}  // namespace vilfredo
