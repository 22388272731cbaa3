#include "optimizer/bayes/gp.hpp"

#include <algorithm>
#include <cmath>
#include <Eigen/Cholesky>

// Notation (Rasmussen & Williams 2006, chapter 2): X the rows, warped and scaled by their length scales [n × c]; y the
// values [n]; K = s M + noise on the diagonal [n × n] = L Lᵀ; H a column of ones and one for each cheaper task [n × m];
// β = (HᵀK⁻¹H + I)⁻¹ HᵀK⁻¹y the means [m]; α = K⁻¹ (y − Hβ) [n]; k the covariances of a configuration with X [n]; v =
// L⁻¹ k.
//   mean = β₁ + kᵀα,  variance = s − vᵀv,  and for a column j:
//   ∂k/∂x_j = 2 s M'(r²) (x_j − X_j),  ∂variance/∂x_j = −2 (K⁻¹k)ᵀ ∂k/∂x_j.

namespace vilfredo {

namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double least_variance = 1e-12;  // of the signal's: rounding must not make a deviation of zero

}  // namespace

MatrixXd training_data::basis() const {
  MatrixXd out = MatrixXd::Ones(size(), 1 + cheaper.cols());
  if (cheaper.cols() > 0) out.rightCols(cheaper.cols()) = cheaper;
  return out;
}

VectorXd gaussian_process::scaled(const VectorXd& row) const {
  VectorXd out = row;
  for (std::size_t i = 0; i < warps_.size(); ++i) {
    double& u = out[static_cast<Index>(how_->warped()[i])];
    u = warps_[i](u);
  }
  const auto numbers = static_cast<Index>(how_->numbers());
  out.head(numbers).array() *= inverse_scales_.head(numbers);
  return out;
}

ArrayXd gaussian_process::square_distances(const VectorXd& row) const {
  ArrayXd out = ArrayXd::Zero(factor_size_);
  const auto numbers = static_cast<Index>(how_->numbers());
  for (Index c = 0; c < numbers; ++c) out += (points_.col(c).head(factor_size_).array() - row[c]).square();
  for (Index c = numbers; c < row.size(); ++c)
    out += (points_.col(c).head(factor_size_).array() != row[c]).cast<double>() *
           (inverse_scales_[c] * inverse_scales_[c]);
  return out;
}

std::optional<gaussian_process> gaussian_process::make(std::shared_ptr<const encoding> how, const training_data& data,
                                                       const kernel_parameters& parameters) {
  gaussian_process out;
  out.how_ = std::move(how);
  const auto& columns = out.how_->columns();
  out.inverse_scales_.resize(static_cast<Index>(columns.size()));
  for (std::size_t c = 0; c < columns.size(); ++c)
    out.inverse_scales_[static_cast<Index>(c)] = std::exp(-parameters.log_scales[columns[c].scale]);
  for (double t : parameters.warps) out.warps_.push_back({t});
  out.signal_ = std::exp(parameters.log_signal);
  out.noise_ = std::exp(parameters.log_noise);
  const Index n = data.size();
  out.observed_ = out.factor_size_ = n;
  out.capacity_ = n + 16;
  out.points_.resize(out.capacity_, static_cast<Index>(columns.size()));
  for (Index i = 0; i < n; ++i) out.points_.row(i) = out.scaled(data.rows.row(i).transpose()).transpose();

  MatrixXd k(n, n);
  ArrayXd values;
  for (Index i = 0; i < n; ++i) {
    out.factor_size_ = i + 1;  // the lower triangle row by row, each through the points before it
    matern(out.square_distances(out.points_.row(i).transpose()), values);
    k.row(i).head(i + 1) = out.signal_ * values.matrix().transpose();
  }
  out.factor_size_ = n;
  // Ever more jitter: from what rounding asks for to what surely holds.
  for (double jitter = 1e-10; jitter <= 1e-1; jitter *= 100) {
    MatrixXd with = k;
    with.diagonal() += out.noise_ * data.shares + data.variance;
    with.diagonal().array() += jitter * out.signal_;
    Eigen::LLT<Eigen::Ref<MatrixXd>> factored(with);
    if (factored.info() != Eigen::Success) continue;
    out.factor_ = MatrixXd::Zero(out.capacity_, out.capacity_);
    out.factor_.topLeftCorner(n, n).triangularView<Eigen::Lower>() = with;
    const MatrixXd basis = data.basis(), solved = factored.solve(basis);
    MatrixXd precision = basis.transpose() * solved;
    precision.diagonal().array() += 1;
    const VectorXd means = precision.ldlt().solve(solved.transpose() * data.values);
    out.mean_ = means[0];
    out.weights_ = factored.solve(data.values - basis * means);
    out.fitted_ = data.values.array() - (out.noise_ * data.shares + data.variance).array() * out.weights_.array();
    if (out.weights_.allFinite()) return out;
  }
  return std::nullopt;
}

belief gaussian_process::at(const VectorXd& row) const {
  ArrayXd k;
  matern(square_distances(scaled(row)), k);
  k *= signal_;
  VectorXd v = k.matrix();
  factor_.topLeftCorner(factor_size_, factor_size_).triangularView<Eigen::Lower>().solveInPlace(v);
  const double variance = std::max(signal_ - v.squaredNorm(), least_variance * signal_);
  return {mean_ + k.head(observed_).matrix().dot(weights_), std::sqrt(variance)};
}

belief gaussian_process::at(const VectorXd& row, belief_gradient& gradient) const {
  const VectorXd x = scaled(row);
  ArrayXd k, slope;
  matern(square_distances(x), k, slope);
  k *= signal_;
  slope *= 2 * signal_;
  const auto factor = factor_.topLeftCorner(factor_size_, factor_size_).triangularView<Eigen::Lower>();
  VectorXd v = k.matrix();
  factor.solveInPlace(v);
  const double raw = signal_ - v.squaredNorm();
  belief out{mean_ + k.head(observed_).matrix().dot(weights_), std::sqrt(std::max(raw, least_variance * signal_))};
  factor.transpose().solveInPlace(v);
  const VectorXd by_mean = (slope.head(observed_) * weights_.array()).matrix();
  const VectorXd by_variance = (slope * v.array()).matrix();
  gradient.mean.setZero(x.size());
  gradient.deviation.setZero(x.size());
  const bool flat = raw <= least_variance * signal_;
  for (Index c = 0; c < static_cast<Index>(how_->numbers()); ++c) {
    const auto column = points_.col(c).head(factor_size_);
    gradient.mean[c] = inverse_scales_[c] * (x[c] * by_mean.sum() - by_mean.dot(column.head(observed_)));
    if (!flat)
      gradient.deviation[c] =
          -inverse_scales_[c] * (x[c] * by_variance.sum() - by_variance.dot(column)) / out.deviation;
  }
  for (std::size_t i = 0; i < warps_.size(); ++i) {
    const auto c = static_cast<Index>(how_->warped()[i]);
    const double slope_there = warps_[i].slope(row[c]);
    gradient.mean[c] *= slope_there;
    gradient.deviation[c] *= slope_there;
  }
  return out;
}

double gaussian_process::covariance(const VectorXd& a, const VectorXd& b) const {
  const VectorXd x = scaled(a), y = scaled(b);
  const auto factor = factor_.topLeftCorner(factor_size_, factor_size_).triangularView<Eigen::Lower>();
  auto solved = [&](const VectorXd& row) {
    ArrayXd k;
    matern(square_distances(row), k);
    VectorXd v = signal_ * k.matrix();
    factor.solveInPlace(v);
    return v;
  };
  const auto numbers = static_cast<Index>(how_->numbers());
  double distance = (x - y).head(numbers).squaredNorm();
  for (Index c = numbers; c < x.size(); ++c)
    if (x[c] != y[c]) distance += inverse_scales_[c] * inverse_scales_[c];
  ArrayXd between;
  matern(ArrayXd::Constant(1, distance), between);
  return signal_ * between[0] - solved(x).dot(solved(y));
}

gaussian_process::health gaussian_process::left_out(const training_data& data) const {
  constexpr Index most = 32;
  const Index n = observed_, some = std::min(n, most);
  double squares = 0, of_believed = 0;
  for (Index k = 0; k < some; ++k) {
    const Index i = k * n / some;
    // A column of L⁻¹; its square is K⁻¹'s diagonal, one over the variance of what is left out.
    VectorXd column = VectorXd::Unit(n - i, 0);
    factor_.block(i, i, n - i, n - i).triangularView<Eigen::Lower>().solveInPlace(column);
    const double certainty = column.squaredNorm(), error = weights_[i] / certainty;
    squares += error * error / static_cast<double>(some);
    of_believed += error * error * certainty / static_cast<double>(some);
  }
  const double variance = (data.values.array() - data.values.mean()).square().mean();
  return {variance > 0 ? 1 - squares / variance : 0, std::sqrt(of_believed)};
}

void gaussian_process::believe(const VectorXd& row) {
  if (factor_size_ == capacity_) {
    capacity_ += capacity_ / 2 + 16;
    points_.conservativeResize(capacity_, points_.cols());
    factor_.conservativeResize(capacity_, capacity_);
  }
  const VectorXd x = scaled(row);
  ArrayXd k;
  matern(square_distances(x), k);
  VectorXd v = signal_ * k.matrix();
  factor_.topLeftCorner(factor_size_, factor_size_).triangularView<Eigen::Lower>().solveInPlace(v);
  const double left = signal_ * (1 + 1e-10) + noise_ - v.squaredNorm();
  factor_.row(factor_size_).head(factor_size_) = v.transpose();
  factor_(factor_size_, factor_size_) = std::sqrt(std::max(left, 1e-8 * signal_));
  points_.row(factor_size_) = x.transpose();
  ++factor_size_;
}

gaussian_process::batch gaussian_process::at_all(const MatrixXd& rows) const {
  batch out;
  const Index q = rows.rows();
  out.scaled.resize(q, rows.cols());
  out.solved.resize(factor_size_, q);
  for (Index i = 0; i < q; ++i) {
    const VectorXd x = scaled(rows.row(i).transpose());
    out.scaled.row(i) = x.transpose();
    ArrayXd k;
    matern(square_distances(x), k);
    out.solved.col(i) = signal_ * k.matrix();
  }
  out.mean = (out.solved.topRows(observed_).transpose() * weights_).array() + mean_;
  factor_.topLeftCorner(factor_size_, factor_size_).triangularView<Eigen::Lower>().solveInPlace(out.solved);
  out.variance = (signal_ - out.solved.colwise().squaredNorm().transpose().array()).max(least_variance * signal_);
  out.known = factor_size_;
  return out;
}

void gaussian_process::refresh(batch& those) const {
  const Index q = those.scaled.rows();
  if (those.known == factor_size_ || q == 0) return;
  those.solved.conservativeResize(factor_size_, q);
  const auto numbers = static_cast<Index>(how_->numbers());
  for (Index i = those.known; i < factor_size_; ++i) {
    ArrayXd distance = ArrayXd::Zero(q), k;
    for (Index c = 0; c < numbers; ++c) distance += (those.scaled.col(c).array() - points_(i, c)).square();
    for (Index c = numbers; c < those.scaled.cols(); ++c)
      distance +=
          (those.scaled.col(c).array() != points_(i, c)).cast<double>() * (inverse_scales_[c] * inverse_scales_[c]);
    matern(distance, k);
    those.solved.row(i) =
        (signal_ * k.matrix().transpose() - factor_.row(i).head(i) * those.solved.topRows(i)) / factor_(i, i);
    those.variance =
        (those.variance.array() - those.solved.row(i).transpose().array().square()).max(least_variance * signal_);
  }
  those.known = factor_size_;
}

}  // namespace vilfredo
