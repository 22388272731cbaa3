#include "optimizer/bayes/hyperfit.hpp"

#include <algorithm>
#include <cmath>
#include <Eigen/Cholesky>
#include <limits>
#include <numbers>

#include "optimizer/bayes/evidence.hpp"
#include "optimizer/numeric/factor_inverse.hpp"
#include "optimizer/numeric/quasi_newton.hpp"

// Notation (Rasmussen & Williams 2006, section 5.4): θ the logarithms [d + 2]; K(θ) [n × n]; Hβ the mean (see gp.cpp);
// α = K⁻¹ (y − Hβ) [n]; D_i the squared distances along dimension i [n × n].
//   log p(y) = −½ (y − Hβ)ᵀα − ½ log |K| − n/2 log 2π − ½ βᵀβ,
//   ∂/∂θ = ½ tr((α αᵀ − K⁻¹) ∂K/∂θ),  ∂K/∂log ℓ_i = −2 s M'(r²) D_i / ℓ_i².
// and with w a warped column [n], v its derivative by its warp t, over the pairs of rows p, q:
//   ∂r²/∂t = 2 (w_p − w_q) (v_p − v_q) / ℓ².
// β is the one that maximizes it, so it adds nothing to the gradient. Repeats of a configuration, r beyond the first
// with squared deviations S, add −r/2 log σ² − S / (2σ²): the part of their likelihood that their means do not hold.

namespace vilfredo {

namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Hvarfner et al. put a log-normal with location √2 + ½ log d and scale √3 on a length scale; the mode of its density
// is the mean of the normal below, in the logarithm. Half as wide a prior was better on bench/samplers at 50 trials.
constexpr double scale_shift = std::numbers::sqrt2 - 3, scale_spread = 0.9;
constexpr double signal_mean = 0, signal_spread = 1;
constexpr double noise_mean = -6, noise_spread = 2.5;
constexpr double warp_width = 0.5, most_warp = 8;  // 8: a logarithm over three and a half decades
constexpr double least_scale = 0.05;  // below, points of some dozens know nothing of each other and fit anything
constexpr double little_noise = -8, much_noise = -2;  // of starts
constexpr Index scouts = 64;                          // rows that tell which of the density's hills to climb
constexpr double jitter = 1e-9;

}  // namespace

kernel_posterior::kernel_posterior(const encoding& how, const training_data& data, bool warping)
    : data_(data), scales_(how.scales()) {
  const Index n = data.size();
  squares_ = MatrixXd::Zero(n * (n - 1) / 2, static_cast<Index>(scales_));
  std::vector<bool> moves(how.columns().size(), false);
  if (warping)
    for (auto c : how.warped()) {
      warped_.push_back({static_cast<Index>(c), static_cast<Index>(how.columns()[c].scale)});
      moves[c] = true;
    }
  for (std::size_t c = 0; c < how.columns().size(); ++c) {
    if (moves[c]) continue;
    const auto& column = how.columns()[c];
    auto into = squares_.col(static_cast<Index>(column.scale)).array();
    const auto values = data.rows.col(static_cast<Index>(c)).array();
    Index at = 0;
    for (Index j = 0; j + 1 < n; ++j) {
      const Index below = n - j - 1;
      if (column.category)
        into.segment(at, below) += (values.tail(below) != values[j]).cast<double>();
      else
        into.segment(at, below) += (values.tail(below) - values[j]).square();
      at += below;
    }
  }
}

double kernel_posterior::lower(std::size_t i) const {
  if (i > scales_ + 1) return -most_warp;
  return i < scales_ ? std::log(least_scale) : i == scales_ ? -4 : -16;
}
double kernel_posterior::upper(std::size_t i) const {
  if (i > scales_ + 1) return most_warp;
  return i < scales_ ? std::log(500.0) : i == scales_ ? 5 : 1;
}

std::vector<double> kernel_posterior::most_likely_before() const {
  std::vector<double> out(scales_,
                          scale_shift + 0.5 * std::log(static_cast<double>(std::max<std::size_t>(scales_, 1))));
  out.push_back(signal_mean);
  out.push_back(noise_mean);
  out.resize(size(), 0.0);
  return out;
}

double kernel_posterior::prior(std::span<const double> x, std::span<double> gradient) const {
  const auto mean = most_likely_before();
  double sum = 0;
  for (std::size_t i = scales_ + 2; i < x.size(); ++i) {
    sum -= std::log1p(x[i] * x[i] / (warp_width * warp_width));
    gradient[i] = -2 * x[i] / (warp_width * warp_width + x[i] * x[i]);
  }
  for (std::size_t i = 0; i < scales_ + 2; ++i) {
    const double spread = i < scales_ ? scale_spread : i == scales_ ? signal_spread : noise_spread;
    const double z = (x[i] - mean[i]) / spread;
    sum -= 0.5 * z * z;
    gradient[i] = -z / spread;
  }
  return sum;
}

double kernel_posterior::operator()(std::span<const double> x, std::span<double> gradient) const {
  const Index n = data_.size();
  const double signal = std::exp(x[scales_]), noise = std::exp(x[scales_ + 1]);
  VectorXd weights(static_cast<Index>(scales_));
  for (std::size_t i = 0; i < scales_; ++i) weights[static_cast<Index>(i)] = std::exp(-2 * x[i]);
  ArrayXd correlation, slope;
  VectorXd square = squares_ * weights;
  std::vector<VectorXd> warped;
  for (std::size_t i = 0; i < warped_.size(); ++i) {
    const warp map{x[scales_ + 2 + i]};
    warped.push_back(data_.rows.col(warped_[i].column).unaryExpr(map));
    const double weight = weights[warped_[i].scale];
    Index at = 0;
    for (Index j = 0; j + 1 < n; ++j) {
      const Index below = n - j - 1;
      square.segment(at, below).array() += weight * (warped[i].tail(below).array() - warped[i][j]).square();
      at += below;
    }
  }
  matern(square.array(), correlation, slope);
  MatrixXd k(n, n);
  Index at = 0;
  for (Index j = 0; j < n; ++j) {
    const Index below = n - j - 1;
    k(j, j) = signal * (1 + jitter) + noise * data_.shares[j] + data_.variance[j];
    k.col(j).tail(below) = signal * correlation.segment(at, below).matrix();
    at += below;
  }
  Eigen::LLT<Eigen::Ref<MatrixXd>> factored(k);
  if (factored.info() != Eigen::Success) return -std::numeric_limits<double>::infinity();
  const double half_log_determinant = k.diagonal().array().log().sum();
  invert_from_factor(k);
  const MatrixXd& inverse = k;
  const auto symmetric = inverse.selfadjointView<Eigen::Lower>();
  const MatrixXd basis = data_.basis(), solved = symmetric * basis;
  MatrixXd precision = basis.transpose() * solved;
  precision.diagonal().array() += 1;
  const VectorXd means = precision.ldlt().solve(solved.transpose() * data_.values);
  const VectorXd centred = data_.values - basis * means;
  const VectorXd alpha = symmetric * centred;
  double value = -0.5 * centred.dot(alpha) - half_log_determinant - 0.5 * means.squaredNorm() -
                 0.5 * static_cast<double>(n) * std::log(2 * std::numbers::pi);

  value += prior(x, gradient);
  // Pairs count twice, which the half of the formula takes back.
  ArrayXd pull(squares_.rows());
  at = 0;
  for (Index j = 0; j < n; ++j) {
    const Index below = n - j - 1;
    pull.segment(at, below) = alpha[j] * alpha.tail(below).array() - inverse.col(j).tail(below).array();
    at += below;
  }
  const ArrayXd own = alpha.array().square() - inverse.diagonal().array();
  gradient[scales_] += signal * ((pull * correlation).sum() + 0.5 * (1 + jitter) * own.sum());
  gradient[scales_ + 1] += 0.5 * noise * (own * data_.shares.array()).sum();
  const ArrayXd by_square = pull * slope;
  VectorXd by_weight = squares_.transpose() * by_square.matrix();
  for (std::size_t i = 0; i < warped_.size(); ++i) {
    const warp map{x[scales_ + 2 + i]};
    const VectorXd moved = data_.rows.col(warped_[i].column).unaryExpr([&](double u) { return map.by_t(u); });
    double squares = 0, crossed = 0;
    at = 0;
    for (Index j = 0; j + 1 < n; ++j) {
      const Index below = n - j - 1;
      const ArrayXd apart = warped[i].tail(below).array() - warped[i][j];
      const ArrayXd pulled = by_square.segment(at, below) * apart;
      squares += (pulled * apart).sum();
      crossed += (pulled * (moved.tail(below).array() - moved[j])).sum();
      at += below;
    }
    by_weight[warped_[i].scale] += squares;
    gradient[scales_ + 2 + i] += 2 * signal * weights[warped_[i].scale] * crossed;
  }
  for (std::size_t i = 0; i < scales_; ++i) {
    const auto c = static_cast<Index>(i);
    gradient[i] -= 2 * signal * weights[c] * by_weight[c];
  }
  value -= 0.5 * data_.repeats * x[scales_ + 1] + 0.5 * data_.scatter / noise;
  gradient[scales_ + 1] += -0.5 * data_.repeats + 0.5 * data_.scatter / noise;
  return value;
}

namespace {

/// Climbs the posterior density of parameters given one set of data.
class climb {
public:
  climb(const encoding& how, const training_data& data, const fit_effort& effort, bool warping = false)
      : posterior_(how, data, warping), effort_(effort) {
    for (std::size_t i = 0; i < posterior_.size(); ++i) {
      bounds_.lower.push_back(posterior_.lower(i));
      bounds_.upper.push_back(posterior_.upper(i));
    }
  }
  const kernel_posterior& posterior() const { return posterior_; }

  /// The end of the climb, or the start's own value when one evaluation is all that is allowed.
  minimum from(std::vector<double> start, std::size_t evaluations) const {
    const smooth_function loss = [&](std::span<const double> x, std::span<double> gradient) {
      if (effort_.cancelled && effort_.cancelled()) return std::numeric_limits<double>::infinity();
      const double value = posterior_(x, gradient);
      for (double& g : gradient) g = -g;
      return -value;
    };
    quasi_newton_limits limits;
    limits.gradient = 1e-3;
    limits.progress = 1e-6;
    limits.evaluations = evaluations;
    return minimize_in_box(loss, std::move(start), bounds_, limits);
  }
  minimum best_of(std::vector<std::vector<double>> starts, std::size_t evaluations) const {
    minimum best{starts.back(), std::numeric_limits<double>::infinity(), 0};
    for (auto& start : starts) {
      auto found = from(std::move(start), evaluations);
      if (found.value < best.value) best = std::move(found);
    }
    return best;
  }

private:
  kernel_posterior posterior_;
  fit_effort effort_;
  box bounds_;
};

}  // namespace

kernel_parameters fit_kernel(const encoding& how, const training_data& data,
                             const std::optional<kernel_parameters>& before, const fit_effort& effort) {
  const std::size_t scales = how.scales(), warps = effort.warping ? how.warped().size() : 0;
  const auto few = thinned(data, scouts);
  const climb plain(how, few, effort);
  // Much of what looks like noise may be structure, and the other way round: the density often has a hill for each.
  std::vector<std::vector<double>> starts;
  const auto share = std::max<std::size_t>(effort.evaluations / 3, 2);
  for (double log_noise : {little_noise, much_noise}) {
    starts.push_back(plain.posterior().most_likely_before());
    starts.back().back() = log_noise;
    starts.back() = plain.from(std::move(starts.back()), share).at;
    starts.back().resize(scales + 2 + warps, 0.0);
  }
  if (before && before->log_scales.size() == scales && before->warps.size() == how.warped().size()) {
    starts.push_back(before->log_scales);
    starts.back().push_back(before->log_signal);
    starts.back().push_back(before->log_noise);
    starts.back().insert(starts.back().end(), before->warps.begin(), before->warps.end());
    starts.back().resize(scales + 2 + warps);
  }
  const climb whole(how, data, effort, effort.warping);
  const auto best = whole.from(whole.best_of(std::move(starts), 1).at, 2 * share);
  const auto end_of_scales = best.at.begin() + static_cast<std::ptrdiff_t>(scales);
  kernel_parameters out{{best.at.begin(), end_of_scales}, best.at[scales], best.at[scales + 1], {}};
  out.warps.assign(end_of_scales + 2, best.at.end());
  out.warps.resize(how.warped().size(), 0.0);
  return out;
}

}  // namespace vilfredo
