#include "optimizer/bayes/output_scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimizer/numeric/yeo_johnson.hpp"

namespace vilfredo {

namespace {

constexpr double farthest = 1e3;  // units above the centre: beyond, all losses are equally bad

double difference(double a, double b) { return a / 2 - b / 2; }  // halves: of two doubles' ends it is no double

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

void output_scale::standardize(const std::vector<double>& losses) {
  const auto n = static_cast<double>(losses.size());
  double sum = 0, squares = 0;
  for (double loss : losses) sum += raw(loss);
  mean_ = sum / n;
  for (double loss : losses) squares += (raw(loss) - mean_) * (raw(loss) - mean_);
  spread_ = squares > 0 ? std::sqrt(squares / n) : 1;
}

output_scale output_scale::linear(std::vector<double> losses) {
  output_scale out;
  if (losses.empty()) return out;
  std::ranges::sort(losses);
  out.centre_ = quantile(losses, 0.5);
  // The good half tells the unit: bad values may be anything.
  out.unit_ = difference(out.centre_, losses.front());
  if (!(out.unit_ > 0)) out.unit_ = difference(losses.back(), losses.front());
  if (!(out.unit_ > 0) || !std::isfinite(1 / out.unit_)) out.unit_ = 1;
  out.standardize(losses);
  return out;
}

output_scale output_scale::drawn_in(std::vector<double> losses) {
  auto out = linear(losses);
  if (losses.empty()) return out;
  out.kind_ = kind::drawn_in;
  out.standardize(losses);
  return out;
}

output_scale output_scale::power(std::vector<double> losses) {
  auto out = linear(losses);
  if (losses.size() < 3) return out;
  std::vector<double> z;
  for (double loss : losses) z.push_back(out.raw(loss));
  out.exponent_ = yeo_johnson_exponent(z);
  out.kind_ = kind::power;
  out.standardize(losses);
  return out;
}

output_scale output_scale::around(double limit, std::vector<double> losses) {
  output_scale out;
  out.kind_ = kind::bilog;
  out.centre_ = limit;
  if (losses.empty()) return out;
  std::vector<double> within, beyond;
  for (double loss : losses) (loss <= limit ? within : beyond).push_back(std::abs(difference(loss, limit)));
  std::ranges::sort(within);
  std::ranges::sort(beyond);
  // The finer side tells the unit: what lies on the other may be of any magnitude.
  out.unit_ = std::numeric_limits<double>::infinity();
  for (const auto* side : {&within, &beyond})
    if (!side->empty()) out.unit_ = std::min(out.unit_, quantile(*side, within.empty() || beyond.empty() ? 0.5 : 0.8));
  if (!(out.unit_ > 0)) out.unit_ = std::max(within.empty() ? 0 : within.back(), beyond.empty() ? 0 : beyond.back());
  if (!(out.unit_ > 0) || !std::isfinite(1 / out.unit_)) out.unit_ = 1;
  return out;
}

double output_scale::raw(double loss) const {
  const double z = difference(loss, centre_) / unit_;
  switch (kind_) {
  case kind::bilog: return std::copysign(std::log1p(std::abs(z)), z);
  case kind::power: return yeo_johnson(std::min(z, farthest), exponent_);
  case kind::drawn_in: return z > 1 ? 1 + std::log(std::min(z, farthest)) : z;
  case kind::linear: break;
  }
  return std::min(z, farthest);
}

double output_scale::operator()(double loss) const { return (raw(loss) - mean_) / spread_; }

double output_scale::slope(double loss) const {
  const double z = difference(loss, centre_) / unit_, inner = 0.5 / unit_ / spread_;
  switch (kind_) {
  case kind::bilog: return inner / (1 + std::abs(z));
  case kind::power: return z > farthest ? 0 : inner * yeo_johnson_slope(z, exponent_);
  case kind::drawn_in: return z > farthest ? 0 : z > 1 ? inner / z : inner;
  case kind::linear: break;
  }
  return z > farthest ? 0 : inner;
}

}  // namespace vilfredo
