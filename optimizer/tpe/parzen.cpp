#include "optimizer/tpe/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <Eigen/Core>
#include <numbers>

// Notation: n points, d dimensions, K = n + 1 kernels, w_k weights, μ and σ of a normal kernel in unit coordinates, Φ
// the standard normal distribution function.

namespace vilfredo {

namespace {

using row = Eigen::Map<const Eigen::ArrayXd>;

constexpr std::size_t usual_additions = 16;  // room for a plan's own candidates

double exact_phi(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2); }

/// Φ to about 1e-9, by cubic Hermite interpolation: a plan asks for it ten thousand times.
double phi(double z) {
  constexpr double end = 8, step = 1.0 / 32;
  struct knot {
    double value, slope;  // of Φ, a step along
  };
  static const auto knots = [] {
    std::vector<knot> out;
    for (double x = -end; x <= end + step; x += step)
      out.push_back({exact_phi(x), step * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi)});
    return out;
  }();
  if (!(z > -end)) return 0;
  if (z >= end) return 1;
  const double at = (z + end) / step;
  const auto k = static_cast<std::size_t>(at);
  const auto &a = knots[k], &b = knots[k + 1];
  const double t = at - static_cast<double>(k), rise = b.value - a.value;
  return a.value + t * (a.slope + t * (3 * rise - 2 * a.slope - b.slope + t * (a.slope + b.slope - 2 * rise)));
}

/// A product of many numbers below 1, of which one logarithm is taken for some.
class running_product {
public:
  void operator*=(double x) {
    part_ *= x;
    if (part_ >= 1e-200) return;
    log_ += std::log(part_);
    part_ = 1;
  }
  double log() const { return log_ + std::log(part_); }

private:
  double part_ = 1, log_ = 0;
};

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

parzen::parzen(const space& domain, std::vector<std::size_t> dimensions, const std::vector<weighted_point>& points)
    : domain_(&domain), dimensions_(std::move(dimensions)), columns_(dimensions_.size()), priors_(domain) {
  const double n = std::max(static_cast<double>(points.size()), 1.0), d = static_cast<double>(dimensions_.size());
  std::vector<double> at(points.size());
  std::vector<running_product> scales(points.size());
  for (std::size_t j = 0; j < dimensions_.size(); ++j) {
    const auto i = dimensions_[j];
    const auto& p = domain.dimensions()[i];
    auto& c = columns_[j];
    c.categorical = p.type == parameter_type::categorical;
    if (c.categorical) {
      // What n observations say of a category, and one more that says nothing.
      const auto k = static_cast<double>(p.categories.size());
      const double other = 1 / (n + k);
      c.own = 1 - (k - 1) * other;
      c.log_own = std::log(c.own);
      c.log_other = std::log(other);
      uniform_ -= std::log(k);
      for (std::size_t m = 0; m < points.size(); ++m) at[m] = points[m].point->values[i];
    } else {
      for (std::size_t k = 0; k < points.size(); ++k) at[k] = domain.to_unit(i, points[k].point->values[i]);
      c.sigma = bandwidth(spread(at, points), n, d);
    }
    for (auto* part : {&c.centre, &c.narrowness, &c.low, &c.mass}) part->reserve(points.size() + usual_additions);
    for (std::size_t k = 0; k < points.size(); ++k) scales[k] *= add(j, points[k].point->values[i], at[k]);
  }
  for (std::size_t k = 0; k < points.size(); ++k) add_weight(points[k].weight, scales[k].log());
}

void parzen::add(const weighted_point& p) {
  running_product scale;
  for (std::size_t j = 0; j < dimensions_.size(); ++j) {
    const double value = p.point->values[dimensions_[j]];
    scale *= add(j, value, columns_[j].categorical ? value : domain_->to_unit(dimensions_[j], value));
  }
  add_weight(p.weight, scale.log());
}

double parzen::add(std::size_t j, double value, double mean) {
  static const double root = std::sqrt(2 * std::numbers::pi);
  auto& c = columns_[j];
  c.centre.push_back(mean);
  if (c.categorical) return 1;
  const double sigma = std::max(c.sigma, cell(*domain_, dimensions_[j], value)), narrowness = 1 / sigma;
  const double low = phi(-mean * narrowness), mass = phi((1 - mean) * narrowness) - low;
  c.narrowness.push_back(narrowness);
  c.low.push_back(low);
  c.mass.push_back(mass);
  return mass * sigma * root;
}

void parzen::add_weight(double weight, double log_scale) {
  peak_.push_back(std::log(weight) - log_scale);
  total_ += weight;
  cumulative_.push_back((cumulative_.empty() ? 0 : cumulative_.back()) + weight);
}

std::vector<double> parzen::draw(random_source& random) const {
  const auto at = std::ranges::upper_bound(cumulative_, random.uniform() * total_);
  const auto k = static_cast<std::size_t>(at - cumulative_.begin());
  std::vector<double> out(dimensions_.size());
  for (std::size_t j = 0; j < out.size(); ++j) {
    const auto i = dimensions_[j];
    const auto& c = columns_[j];
    const double u = random.uniform();
    if (k == cumulative_.size()) {
      out[j] = priors_.value(i, u);
    } else if (c.categorical) {
      const double own = c.centre[k], v = random.uniform();
      const auto n = domain_->dimensions()[i].categories.size();
      out[j] = own;
      if (u >= c.own && n > 1) {
        auto other = std::min(std::floor(v * static_cast<double>(n - 1)), static_cast<double>(n - 2));
        out[j] = other >= own ? other + 1 : other;
      }
    } else {
      const double p = std::clamp(c.low[k] + u * c.mass[k], 1e-300, 1 - 0x1p-53);
      out[j] = domain_->from_unit(i, std::clamp(c.centre[k] + normal_quantile(p) / c.narrowness[k], 0.0, 1.0));
    }
  }
  return out;
}

double parzen::log_density(std::span<const double> values) const {
  const auto kernels = static_cast<Eigen::Index>(peak_.size());
  Eigen::ArrayXd logs = row(peak_.data(), kernels);
  for (std::size_t j = 0; j < dimensions_.size(); ++j) {
    const auto& c = columns_[j];
    const row centre(c.centre.data(), kernels);
    if (c.categorical)
      logs += (centre == values[j]).select(c.log_own, Eigen::ArrayXd::Constant(kernels, c.log_other));
    else
      logs -=
          0.5 * ((domain_->to_unit(dimensions_[j], values[j]) - centre) * row(c.narrowness.data(), kernels)).square();
  }
  double uniform = uniform_;
  if (!priors_.empty())
    for (std::size_t j = 0; j < dimensions_.size(); ++j) uniform += priors_.log_density(dimensions_[j], values[j]);
  const double most = kernels ? std::max(logs.maxCoeff(), uniform) : uniform;
  const double sum = std::exp(uniform - most) + (logs - most).exp().sum();
  return most + std::log(sum / total_);
}

}  // namespace vilfredo
