#pragma once
#include <cstddef>
#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>

#include "optimizer/bayes/gp.hpp"

namespace vilfredo {

/// The logarithm of the posterior density of kernel parameters given data, and its gradient.
///
/// Parameters in the order length scales, signal, noise, all logarithms, then warps where they are asked for. Priors
/// are normal on the former: of a length scale such that its most likely value grows with the root of the number of
/// dimensions (Hvarfner, Hellsten & Nardi 2024), of the signal around that of standardized values, of the noise wide
/// and low. A warp is most likely none, but its prior has long tails (Cauchy's): most parameters are on a fitting
/// scale, and those that are not may be far from it.
class kernel_posterior {
public:
  kernel_posterior(const encoding& how, const training_data& data, bool warping = false);

  std::size_t size() const { return scales_ + 2 + warped_.size(); }
  std::vector<double> most_likely_before() const;  ///< under the prior alone
  /// Minus infinity where the covariance cannot be factored.
  double operator()(std::span<const double> x, std::span<double> gradient) const;

  double lower(std::size_t i) const;
  double upper(std::size_t i) const;

private:
  double prior(std::span<const double> x, std::span<double> gradient) const;

  struct warped_column {
    Eigen::Index column = 0, scale = 0;
  };

  const training_data& data_;
  std::size_t scales_ = 0;
  std::vector<warped_column> warped_;
  Eigen::MatrixXd squares_;  // squared distance along each dimension: one a column, pairs i > j as rows; 0 where warped
};

struct fit_effort {
  std::size_t evaluations = 90;  ///< a third for each of the two scouts, two thirds for the climb from the best start
  bool warping = false;          ///< or else every warp stays 0
  std::function<bool()> cancelled;
};

/// Parameters of greatest posterior density, found from what fitted the last time, if anything, and from the prior's
/// mode with little and with much noise. A few of many rows scout without warps where these two lead, and only the best
/// of the three is followed with all rows, and with warps.
kernel_parameters fit_kernel(const encoding& how, const training_data& data,
                             const std::optional<kernel_parameters>& before, const fit_effort& effort);

}  // namespace vilfredo
