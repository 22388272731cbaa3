#pragma once
#include <cstddef>
#include <Eigen/Core>
#include <Eigen/QR>
#include <memory>
#include <optional>
#include <vector>

#include "optimizer/bayes/kernel.hpp"
#include "optimizer/bayes/warp.hpp"

namespace vilfredo {

/// What a Gaussian process learns from: one row a configuration, repeats merged.
struct training_data {
  Eigen::MatrixXd rows;      ///< encoded configurations, one a row
  Eigen::VectorXd values;    ///< means over the repeats
  Eigen::VectorXd shares;    ///< of the fitted noise that a value carries: 1 / repeats
  Eigen::VectorXd variance;  ///< known noise of a value besides
  /// What the repeats say of the noise: how many there are beyond the first of each, and their squared deviations.
  double repeats = 0, scatter = 0;
  /// One a value: 1 where it is of that cheaper task, else 0. How far a task's mean is from the full trials' is not
  /// known.
  Eigen::MatrixXd cheaper = {};

  Eigen::Index size() const { return values.size(); }
  /// What the unknown means are multiplied by: the first is that of full trials, the others are tasks' shifts.
  Eigen::MatrixXd basis() const;
};

/// What a model believes of one configuration.
struct belief {
  double mean = 0, deviation = 1;
};
struct belief_gradient {
  Eigen::VectorXd mean, deviation;  ///< by the columns of the encoding; zero for categories
};

/// The posterior of one function under fixed kernel parameters: mean and deviation of the function itself, its noise
/// not included. The prior mean is a constant, and one more for each cheaper task, chosen by the data (generalized
/// least squares, held to 0 by a standard normal prior). What is asked for is meant of full trials, but for deviations.
class gaussian_process {
public:
  /// Nothing when the matrix cannot be factored even with ample jitter: a value was not finite.
  static std::optional<gaussian_process> make(std::shared_ptr<const encoding> how, const training_data& data,
                                              const kernel_parameters& parameters);

  Eigen::Index size() const { return factor_size_; }
  belief at(const Eigen::VectorXd& row) const;
  belief at(const Eigen::VectorXd& row, belief_gradient& gradient) const;
  double covariance(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const;
  double noise() const { return noise_; }

  /// How well it foretells values that it was not told, by leaving out one row at a time (Rasmussen & Williams 2006,
  /// section 5.4.2) with the kernel and the mean as they are; of many rows only some at equal distances.
  struct health {
    double foretold = 0;  ///< the share of the values' variance that it does; below 0 is worse than their mean
    double error = 1;     ///< root mean square, in deviations that it believed: 1 is as it should be
  };
  health left_out(const training_data& data) const;

  /// The posterior mean at each row it was made from.
  const Eigen::VectorXd& fitted() const { return fitted_; }

  /// Takes the posterior mean at a configuration for an observed value (the Kriging believer of Ginsbourger et al.
  /// 2010): the mean stays as it is everywhere, the deviation shrinks around it. One row more of the factor.
  void believe(const Eigen::VectorXd& row);

  /// Beliefs of many configurations, kept while the model comes to believe more.
  class batch {
  public:
    Eigen::VectorXd mean, variance;

  private:
    friend class gaussian_process;
    Eigen::MatrixXd scaled;  // configurations, one a row
    Eigen::MatrixXd solved;  // L⁻¹ k, one a column
    Eigen::Index known = 0;  // rows of `solved` that are filled
  };
  batch at_all(const Eigen::MatrixXd& rows) const;
  void refresh(batch& those) const;

private:
  gaussian_process() = default;
  Eigen::VectorXd scaled(const Eigen::VectorXd& row) const;
  Eigen::ArrayXd square_distances(const Eigen::VectorXd& scaled_row) const;

  std::shared_ptr<const encoding> how_;
  Eigen::ArrayXd inverse_scales_;  // one a column
  std::vector<warp> warps_;        // one a warped column
  double signal_ = 1, noise_ = 0, mean_ = 0;
  Eigen::Index capacity_ = 0, observed_ = 0, factor_size_ = 0;
  Eigen::MatrixXd points_;  // scaled, one a row, room for believed ones
  Eigen::MatrixXd factor_;  // L, lower, room for believed ones
  Eigen::VectorXd fitted_;
  Eigen::VectorXd weights_;  // K⁻¹ (y − mean), of the observed
};

}  // namespace vilfredo
