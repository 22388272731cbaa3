#include "optimizer/tpe/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

// Notation: n points, d dimensions, K = n + 1 kernels, w_k weights with Σ w = 1, μ and σ of a normal kernel in unit
// coordinates, Φ the standard normal distribution function.

namespace vilfredo {

namespace {

double phi(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2); }

/// The width, in unit coordinates, of what a value owns: a narrower kernel would hardly reach its neighbours.
double cell(const space& domain, std::size_t i, double value) {
  const auto& p = domain.dimensions()[i];
  if (!p.grid.empty()) return 1 / static_cast<double>(p.grid.size());
  if (p.type != parameter_type::integer) return 0;
  return (domain.to_unit(i, std::min(value + 1, p.max)) - domain.to_unit(i, std::max(value - 1, p.min))) / 2;
}

/// Weighted standard deviation of the coordinates and of one more point that is uniform.
double spread(const std::vector<double>& at, const std::vector<weighted_point>& points) {
  double total = 1, mean = 0.5, squares = 1.0 / 12;
  for (std::size_t k = 0; k < at.size(); ++k) {
    total += points[k].weight;
    mean += points[k].weight * at[k];
  }
  mean /= total;
  for (std::size_t k = 0; k < at.size(); ++k) squares += points[k].weight * (at[k] - mean) * (at[k] - mean);
  return std::sqrt(squares / total);
}

/// σ of the kernels of n points in d dimensions: Scott's rule (1992), a little narrower, because what is wanted is a
/// place to go rather than a true density. Its constants were chosen with bench/samplers.cpp. The floor keeps a few
/// points that happen to agree from hiding everything else.
double bandwidth(double deviation, double n, double d) {
  constexpr double factor = 0.8, narrowest = 0.01, widest = 0.2;
  const double floor = std::clamp(std::pow(n + 1, -1.5), narrowest, widest);
  return std::max(factor * deviation * std::pow(n, -1 / (d + 4)), floor);
}

}  // namespace

bool parzen::categorical(std::size_t j) const {
  return domain_->dimensions()[dimensions_[j]].type == parameter_type::categorical;
}

double parzen::coordinate(std::size_t j, double value) const { return domain_->to_unit(dimensions_[j], value); }

parzen::parzen(const space& domain, std::vector<std::size_t> dimensions, const std::vector<weighted_point>& points)
    : domain_(&domain), dimensions_(std::move(dimensions)) {
  const auto n = points.size(), d = dimensions_.size();
  double total = 1;
  for (const auto& p : points) total += p.weight;
  double sum = 0;
  for (std::size_t k = 0; k <= n; ++k) {
    const double weight = (k < n ? points[k].weight : 1) / total;
    log_weights_.push_back(std::log(weight));
    cumulative_.push_back(sum += weight);
  }
  normals_.resize(n * d);
  category_.assign(n * d, -1);
  const double count = static_cast<double>(n);
  std::vector<double> at(n);
  for (std::size_t j = 0; j < d; ++j) {
    const auto i = dimensions_[j];
    if (categorical(j)) {
      for (std::size_t k = 0; k < n; ++k) category_[k * d + j] = points[k].point->values[i];
      continue;
    }
    for (std::size_t k = 0; k < n; ++k) at[k] = coordinate(j, points[k].point->values[i]);
    const double sigma = bandwidth(spread(at, points), std::max(count, 1.0), static_cast<double>(d));
    for (std::size_t k = 0; k < n; ++k) {
      auto& kernel = normals_[k * d + j];
      kernel.mean = at[k];
      kernel.sigma = std::max(sigma, cell(domain, i, points[k].point->values[i]));
      const double mass = phi((1 - kernel.mean) / kernel.sigma) - phi(-kernel.mean / kernel.sigma);
      kernel.log_scale = -std::log(mass * kernel.sigma * std::sqrt(2 * std::numbers::pi));
    }
  }
  for (std::size_t j = 0; j < d; ++j) {
    // What n observations say of a category, and one more that says nothing.
    const double k = categorical(j) ? static_cast<double>(domain.dimensions()[dimensions_[j]].categories.size()) : 1;
    const double other = 1 / (std::max(count, 1.0) + k);
    own_.push_back(1 - (k - 1) * other);
    log_own_.push_back(std::log(own_.back()));
    log_other_.push_back(std::log(other));
  }
}

std::vector<double> parzen::draw(random_source& random) const {
  const auto d = dimensions_.size();
  const auto at = std::ranges::upper_bound(cumulative_, random.uniform());
  const auto last = cumulative_.size() - 1;
  const auto k = std::min(static_cast<std::size_t>(at - cumulative_.begin()), last);
  std::vector<double> out(d);
  for (std::size_t j = 0; j < d; ++j) {
    const auto i = dimensions_[j];
    const double u = random.uniform();
    if (k == last) {
      out[j] = domain_->from_unit(i, u);
    } else if (categorical(j)) {
      const double own = category_[k * d + j];
      const double v = random.uniform();
      const auto n = domain_->dimensions()[i].categories.size();
      out[j] = own;
      if (u >= own_[j] && n > 1) {
        auto other = std::min(std::floor(v * static_cast<double>(n - 1)), static_cast<double>(n - 2));
        out[j] = other >= own ? other + 1 : other;
      }
    } else {
      const auto& kernel = normals_[k * d + j];
      const double low = phi(-kernel.mean / kernel.sigma), high = phi((1 - kernel.mean) / kernel.sigma);
      const double p = std::clamp(low + u * (high - low), 1e-300, 1 - 0x1p-53);
      out[j] = domain_->from_unit(i, std::clamp(kernel.mean + kernel.sigma * normal_quantile(p), 0.0, 1.0));
    }
  }
  return out;
}

double parzen::log_density(std::span<const double> values) const {
  const auto d = dimensions_.size(), kernels = log_weights_.size(), last = kernels - 1;
  std::vector<double> at(d), logs(kernels);
  double flat = 0;
  for (std::size_t j = 0; j < d; ++j) {
    at[j] = categorical(j) ? values[j] : coordinate(j, values[j]);
    if (categorical(j)) flat -= std::log(static_cast<double>(domain_->dimensions()[dimensions_[j]].categories.size()));
  }
  std::vector<bool> is_category(d);
  for (std::size_t j = 0; j < d; ++j) is_category[j] = categorical(j);
  for (std::size_t k = 0; k < last; ++k) {
    double log = log_weights_[k];
    for (std::size_t j = 0; j < d; ++j) {
      if (is_category[j]) {
        log += category_[k * d + j] == at[j] ? log_own_[j] : log_other_[j];
      } else {
        const auto& kernel = normals_[k * d + j];
        const double z = (at[j] - kernel.mean) / kernel.sigma;
        log += kernel.log_scale - z * z / 2;
      }
    }
    logs[k] = log;
  }
  logs[last] = log_weights_[last] + flat;
  const double most = *std::ranges::max_element(logs);
  double sum = 0;
  for (double log : logs) sum += std::exp(log - most);
  return most + std::log(sum);
}

}  // namespace vilfredo
