#pragma once
#include <Eigen/Dense>
#include <optional>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "core/space.hpp"
#include "optimizer/hint.hpp"

namespace vilfredo {

/// A search distribution over a space that learns from ranked configurations: the inside of CMA-ES, without restarts.
///
/// Numbers (on their scales, as coordinates of the unit cube) are jointly normal; the covariance adapts actively
/// (Hansen & Ros 2010; Hansen 2016). Integers and grids keep a least chance to change (the margin of Hamano et al.
/// 2022). Categories have a chance each, learned by the same weights and with a margin, too (Hamano et al. 2024).
///
/// It need not have drawn what it learns from: steps that it would hardly have made are shortened (Hansen 2011). What
/// is not known of a coordinate (where in an integer's share it lay, or all of it when inactive) is drawn from the
/// distribution itself.
class search_distribution {
public:
  /// Round a point of the unit cube, `width` wide along each coordinate; categories are all alike. `domain` must
  /// outlive it.
  search_distribution(const space& domain, std::span<const double> middle, double width);
  /// The same with a shape: round the best configurations there are (Nomura et al. 2021).
  static search_distribution around(const space& domain, const std::vector<const assignments*>& best, double width);

  assignments draw(random_source& random) const;
  /// One generation: `places[k]` says how good `points[k]` is, 0 the best, equal ones share a place.
  void learn(const std::vector<const assignments*>& points, const std::vector<std::size_t>& places,
             random_source& random);

  /// The greatest standard deviation along a coordinate that is a real number; none when there is no such.
  std::optional<double> width() const;
  /// The root of the ratio of the longest to the shortest axis, as the factor's diagonal shows it.
  double slimness() const;
  bool sound() const;

  std::size_t numbers() const { return numbers_.size(); }
  /// λ = 4 + ⌊3 ln d⌋ (Hansen 2016), d all dimensions that have a choice.
  static std::size_t usual_population(const space& domain);

  void write(hint_writer& out) const;
  void read(hint_reader& in);

private:
  double deviation(std::size_t j) const;
  double coordinate(std::size_t j, double value, random_source& random) const;
  void learn_categories(const std::vector<const assignments*>& points, const std::vector<double>& weights);
  void keep_margin(double chance);

  const space* domain_;
  std::vector<std::size_t> numbers_, categories_;  // dimensions that have a choice
  Eigen::VectorXd mean_, stretch_, path_step_, path_shape_;
  Eigen::MatrixXd factor_;
  double step_ = 0.2;
  double generations_ = 0;
  std::vector<std::vector<double>> chances_;  // of each category, by dimension
};

}  // namespace vilfredo
