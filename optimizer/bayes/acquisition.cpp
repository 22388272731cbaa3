#include "optimizer/bayes/acquisition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimizer/numeric/normal_tails.hpp"

// Notation: μ, σ mean and deviation of a belief; z = (t − μ) / σ; e(t) = σ h(z), ∂e/∂μ = −Φ(z), ∂e/∂σ = φ(z).

namespace vilfredo {

namespace {
constexpr double nothing = -std::numeric_limits<double>::infinity();
}

double log_expected_improvement(const belief& y, double target, double* by_mean, double* by_deviation) {
  const double z = (target - y.mean) / y.deviation;
  const double log_h = log_normal_excess(z);
  if (by_mean) *by_mean = -log_normal_excess_slope(z) / y.deviation;
  if (by_deviation) *by_deviation = std::exp(log_normal_density(z) - log_h) / y.deviation;
  return std::log(y.deviation) + log_h;
}

double log_probability_below(const belief& y, double limit, double* by_mean, double* by_deviation) {
  const double z = (limit - y.mean) / y.deviation;
  const double slope = log_normal_cdf_slope(z);
  if (by_mean) *by_mean = -slope / y.deviation;
  if (by_deviation) *by_deviation = -slope * z / y.deviation;
  return log_normal_cdf(z);
}

expected_hypervolume::expected_hypervolume(const std::vector<cell>& cells) {
  if (cells.empty()) return;
  objectives_ = cells[0].lower.size();
  edges_.resize(objectives_);
  for (std::size_t k = 0; k < objectives_; ++k) {
    auto& edges = edges_[k];
    for (const auto& c : cells) {
      edges.push_back(c.upper[k]);
      if (std::isfinite(c.lower[k])) edges.push_back(c.lower[k]);
    }
    std::ranges::sort(edges);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  auto index = [&](std::size_t k, double t) {
    return static_cast<std::size_t>(std::ranges::lower_bound(edges_[k], t) - edges_[k].begin());
  };
  for (const auto& c : cells)
    for (std::size_t k = 0; k < objectives_; ++k)
      cells_.push_back({std::isfinite(c.lower[k]) ? index(k, c.lower[k]) : unbounded, index(k, c.upper[k])});
}

double expected_hypervolume::log_value(std::span<const belief> y, belief_slopes* slopes) const {
  const std::size_t m = objectives_;
  // e at every edge: its logarithm, and those of Φ and φ.
  struct at_edge {
    double excess, cdf, density;
  };
  std::vector<std::vector<at_edge>> at(m);
  for (std::size_t k = 0; k < m; ++k) {
    const double log_deviation = std::log(y[k].deviation);
    for (double t : edges_[k]) {
      const double z = (t - y[k].mean) / y[k].deviation;
      at[k].push_back({log_deviation + log_normal_excess(z), slopes ? log_normal_cdf(z) : 0, log_normal_density(z)});
    }
  }
  const std::size_t boxes = m ? cells_.size() / m : 0;
  std::vector<double> factors(cells_.size()), logs(boxes, 0.0);
  double greatest = nothing;
  for (std::size_t b = 0; b < boxes; ++b) {
    for (std::size_t k = 0; k < m; ++k) {
      const auto& e = cells_[b * m + k];
      double& factor = factors[b * m + k];
      factor = at[k][e.upper].excess;
      if (e.lower != unbounded) factor = log_difference(factor, at[k][e.lower].excess);
      logs[b] += factor;
    }
    greatest = std::max(greatest, logs[b]);
  }
  if (slopes) {
    slopes->mean.assign(m, 0.0);
    slopes->deviation.assign(m, 0.0);
  }
  if (!std::isfinite(greatest)) return nothing;
  double sum = 0;
  for (double l : logs) sum += std::exp(l - greatest);
  const double value = greatest + std::log(sum);
  if (!slopes) return value;
  for (std::size_t b = 0; b < boxes; ++b) {
    const double weight = std::exp(logs[b] - value);
    if (!(weight > 1e-14)) continue;
    for (std::size_t k = 0; k < m; ++k) {
      const auto& e = cells_[b * m + k];
      const double factor = factors[b * m + k];
      const auto& upper = at[k][e.upper];
      double log_mass = upper.cdf, density = std::exp(upper.density - factor);
      if (e.lower != unbounded) {
        const auto& lower = at[k][e.lower];
        log_mass = log_difference(upper.cdf, lower.cdf);
        density -= std::exp(lower.density - factor);
      }
      slopes->mean[k] -= weight * std::exp(log_mass - factor);
      slopes->deviation[k] += weight * density;
    }
  }
  return value;
}

}  // namespace vilfredo
