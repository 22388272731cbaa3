#include "optimizer/stopping/curve.hpp"

#include <algorithm>
#include <cmath>

namespace vilfredo::stopping {

std::size_t curve::put(double step, std::span<const double> losses) {
  if (steps_.empty()) {
    constexpr std::size_t usual = 8;  // rows: each doubling from one on would cost more than the report
    steps_.reserve(usual);
    losses_.reserve(usual * metrics_);
    bests_.reserve(usual * metrics_);
  }
  auto at = std::ranges::lower_bound(steps_, step);
  auto row = static_cast<std::size_t>(at - steps_.begin());
  auto cells = losses_.begin() + static_cast<std::ptrdiff_t>(row * metrics_);
  if (at != steps_.end() && *at == step) {
    std::ranges::copy(losses, cells);
  } else {
    steps_.insert(at, step);
    losses_.insert(cells, losses.begin(), losses.end());
    bests_.resize(losses_.size());
  }
  // Reports mostly come in order, so that this is mostly one row.
  for (std::size_t i = row * metrics_; i < losses_.size(); ++i)
    bests_[i] = i < metrics_ ? losses_[i] : std::fmin(bests_[i - metrics_], losses_[i]);
  return row;
}

std::optional<std::size_t> curve::first_from(double level) const {
  auto at = std::ranges::lower_bound(steps_, level);
  if (at == steps_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - steps_.begin());
}

std::optional<std::vector<double>> losses_in(const curve& x, std::size_t row, std::span<const std::size_t> metrics) {
  std::vector<double> out;
  for (auto m : metrics) {
    out.push_back(x.loss(row, m));
    if (std::isnan(out.back())) return std::nullopt;
  }
  return out;
}

std::vector<double> losses_of(const std::vector<metric>& metrics, std::span<const double> values) {
  std::vector<double> out(values.begin(), values.end());
  for (std::size_t i = 0; i < out.size(); ++i)
    if (metrics[i].objective == objective::maximize) out[i] = -out[i];
  return out;
}

curve curve_of(const std::vector<metric>& metrics, const trial& x) {
  curve out(metrics.size());
  for (const auto& r : x.reports) out.put(r.step, losses_of(metrics, r.values));
  return out;
}

}  // namespace vilfredo::stopping
