#include "optimizer/tpe/parzen.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

// Notation: n points, d dimensions, K = n + 1 kernels, w_k weights, μ and σ of a normal kernel in unit coordinates, u a
// coordinate, Φ the standard normal distribution function.
//
// Of many places the exponents −(u − μ)² / 2σ² of all kernels are a product of matrices, once the square is multiplied
// out: u²/σ² and μ²/σ² are the places' and the kernels' own, and u·μ/σ² is what both share. Coordinates count from ½,
// so that what cancels is small.

namespace vilfredo {

namespace {

constexpr Eigen::Index usual_additions = 16;  // room for a plan's own candidates
constexpr double middle = 0.5;
const double root = std::sqrt(2 * std::numbers::pi);

/// Φ(z) for z ≥ 0 to about 1e-9, by cubic Hermite interpolation: a plan asks for it ten thousand times.
class normal_distribution {
public:
  normal_distribution() {
    auto value = [](double z) { return 1 - 0.5 * std::erfc(z / std::numbers::sqrt2); };
    auto slope = [](double z) { return step * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); };
    for (std::size_t k = 0; k < pieces_.size(); ++k) {
      const double z = static_cast<double>(k) * step, rise = value(z + step) - value(z);
      pieces_[k] = {value(z), slope(z), 3 * rise - 2 * slope(z) - slope(z + step),
                    slope(z) + slope(z + step) - 2 * rise};
    }
  }
  double operator()(double z) const {
    if (!(z < end)) return 1;
    const double at = z / step;
    const auto k = static_cast<std::size_t>(at);
    const auto& c = pieces_[k];
    const double t = at - static_cast<double>(k);
    return c[0] + t * (c[1] + t * (c[2] + t * c[3]));
  }

private:
  static constexpr double end = 8, step = 1.0 / 32;
  std::array<std::array<double, 4>, static_cast<std::size_t>(end / step)> pieces_;
};
const normal_distribution phi;

/// What of a normal distribution lies within the unit interval: its mean from the middle on, 1 / σ.
double mass(double mean, double narrowness) {
  const double far = mean * narrowness, end = middle * narrowness;
  return phi(end - far) + phi(end + far) - 1;
}

/// The width, in unit coordinates, of what a value owns: a narrower kernel would hardly reach its neighbours.
double cell(const space& domain, std::size_t i, double value) {
  const auto& p = domain.dimensions()[i];
  if (!p.grid.empty()) return 1 / static_cast<double>(p.grid.size());
  if (p.type != parameter_type::integer) return 0;
  return (domain.to_unit(i, std::min(value + 1, p.max)) - domain.to_unit(i, std::max(value - 1, p.min))) / 2;
}

/// The widest that a value of a dimension owns: on a log scale the least integers own most, and the ends have half.
double widest_cell(const space& domain, std::size_t i) {
  const auto& p = domain.dimensions()[i];
  return std::max(cell(domain, i, p.min), cell(domain, i, std::min(p.min + 1, p.max)));
}

/// Weighted standard deviation of the coordinates (from the middle) and of one more point that is uniform.
double spread(const Eigen::Ref<const Eigen::ArrayXd>& at, const Eigen::ArrayXd& weights, double total) {
  const double mean = (weights * at).sum() / total;
  return std::sqrt((1.0 / 12 + (weights * (at - mean).square()).sum()) / total);
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
    : domain_(&domain), dimensions_(std::move(dimensions)), priors_(domain) {
  constexpr std::size_t at_once = 64;  // factors of a scale whose product cannot underflow
  const double n = std::max(static_cast<double>(points.size()), 1.0), d = static_cast<double>(dimensions_.size());
  kernels_ = static_cast<Eigen::Index>(points.size());
  const auto room = kernels_ + usual_additions;
  centres_.resize(room, static_cast<Eigen::Index>(dimensions_.size()));
  bases_ = Eigen::ArrayXd::Zero(room);
  columns_.reserve(dimensions_.size());
  cumulative_.reserve(static_cast<std::size_t>(room));
  Eigen::ArrayXd weights(kernels_), scales = Eigen::ArrayXd::Ones(kernels_),
                                    log_scales = Eigen::ArrayXd::Zero(kernels_);
  for (Eigen::Index k = 0; k < kernels_; ++k) weights[k] = points[static_cast<std::size_t>(k)].weight;
  const double total = 1 + weights.sum();
  for (std::size_t j = 0; j < dimensions_.size(); ++j) {
    const auto i = dimensions_[j];
    const auto& p = domain.dimensions()[i];
    auto& c = columns_.emplace_back(axis(domain, i));
    auto value = [&](Eigen::Index k) { return points[static_cast<std::size_t>(k)].point->values[i]; };
    if (p.type == parameter_type::categorical) c.kind = kind::categories;
    auto at = centres_.col(static_cast<Eigen::Index>(j)).head(kernels_).array();
    for (Eigen::Index k = 0; k < kernels_; ++k) at[k] = placed(j, value(k));
    if (c.kind == kind::categories) {
      // What n observations say of a category, and one more that says nothing.
      const auto k = static_cast<double>(p.categories.size());
      const double other = 1 / (n + k);
      c.own = 1 - (k - 1) * other;
      c.log_own = std::log(c.own);
      c.log_other = std::log(other);
      uniform_ -= std::log(k);
      continue;
    }
    c.sigma = bandwidth(spread(at, weights, total), n, d);
    c.narrowness = 1 / c.sigma;
    if (widest_cell(domain, i) > c.sigma) {
      c.kind = kind::uneven;
      c.bend = bends_.cols();
      bends_.conservativeResize(room, c.bend + 2);
      for (Eigen::Index k = 0; k < kernels_; ++k) scales[k] *= set(j, k, value(k), at[k]);
    } else {
      bases_.head(kernels_) -= 0.5 * (c.narrowness * at).square();
      for (Eigen::Index k = 0; k < kernels_; ++k) scales[k] *= mass(at[k], c.narrowness) * c.sigma * root;
    }
    if ((j + 1) % at_once == 0) {
      log_scales += scales.log();
      scales.setOnes();
    }
  }
  log_scales += scales.log();
  for (Eigen::Index k = 0; k < kernels_; ++k) set_weight(k, weights[k], log_scales[k]);
}

void parzen::add(const weighted_point& p) {
  const auto k = kernels_++;
  if (k == centres_.rows()) {
    const auto room = 2 * k;
    centres_.conservativeResize(room, Eigen::NoChange);
    bends_.conservativeResize(room, Eigen::NoChange);
    bases_.conservativeResize(room);
  }
  bases_[k] = 0;
  double log_scale = 0;
  for (std::size_t j = 0; j < dimensions_.size(); ++j) {
    const double value = p.point->values[dimensions_[j]];
    log_scale += std::log(set(j, k, value, placed(j, value)));
  }
  set_weight(k, p.weight, log_scale);
}

double parzen::placed(std::size_t j, double value) const {
  const auto& c = columns_[j];
  return c.kind == kind::categories ? value : c.along.to_unit(value) - middle;
}

double parzen::set(std::size_t j, Eigen::Index k, double value, double place) {
  const auto& c = columns_[j];
  centres_(k, static_cast<Eigen::Index>(j)) = place;
  if (c.kind == kind::categories) return 1;
  double sigma = c.sigma, narrowness = c.narrowness;
  if (c.kind == kind::uneven) {
    sigma = std::max(sigma, cell(*domain_, dimensions_[j], value));
    narrowness = 1 / sigma;
    bends_(k, c.bend) = place * narrowness * narrowness;
    bends_(k, c.bend + 1) = -0.5 * narrowness * narrowness;
  }
  bases_[k] -= 0.5 * (narrowness * place) * (narrowness * place);
  return mass(place, narrowness) * sigma * root;
}

void parzen::set_weight(Eigen::Index k, double weight, double log_scale) {
  bases_[k] += std::log(weight) - log_scale;
  total_ += weight;
  cumulative_.push_back((cumulative_.empty() ? 0 : cumulative_.back()) + weight);
}

double parzen::narrowness(std::size_t j, Eigen::Index k) const {
  const auto& c = columns_[j];
  return c.kind == kind::uneven ? std::sqrt(-2 * bends_(k, c.bend + 1)) : c.narrowness;
}

std::vector<double> parzen::draw(random_source& random) const {
  const auto at = std::ranges::upper_bound(cumulative_, random.uniform() * total_);
  const auto k = at - cumulative_.begin();
  std::vector<double> out(dimensions_.size());
  for (std::size_t j = 0; j < out.size(); ++j) {
    const auto i = dimensions_[j];
    const auto& c = columns_[j];
    const double u = random.uniform();
    if (k == kernels_) {
      out[j] = priors_.value(i, u);
      continue;
    }
    const double centre = centres_(k, static_cast<Eigen::Index>(j));
    if (c.kind == kind::categories) {
      const double v = random.uniform();
      const auto n = domain_->dimensions()[i].categories.size();
      out[j] = centre;
      if (u >= c.own && n > 1) {
        auto other = std::min(std::floor(v * static_cast<double>(n - 1)), static_cast<double>(n - 2));
        out[j] = other >= centre ? other + 1 : other;
      }
    } else {
      const double narrow = narrowness(j, k), far = centre * narrow, end = middle * narrow;
      const double low = 1 - phi(end + far), mass = phi(end - far) - low;
      const double p = std::clamp(low + u * mass, 1e-300, 1 - 0x1p-53);
      out[j] = domain_->from_unit(i, std::clamp(middle + centre + normal_quantile(p) / narrow, 0.0, 1.0));
    }
  }
  return out;
}

Eigen::VectorXd parzen::place(std::span<const double> values) const {
  Eigen::VectorXd out(static_cast<Eigen::Index>(values.size() + 1));
  double uniform = uniform_;
  for (std::size_t j = 0; j < values.size(); ++j) {
    out[static_cast<Eigen::Index>(j)] = placed(j, values[j]);
    if (!priors_.empty()) uniform += priors_.log_density(dimensions_[j], values[j]);
  }
  out[out.size() - 1] = uniform;
  return out;
}

Eigen::ArrayXd parzen::log_densities(const Eigen::MatrixXd& places) const {
  const auto those = places.cols(), d = static_cast<Eigen::Index>(columns_.size());
  Eigen::MatrixXd slopes = Eigen::MatrixXd::Zero(d, those);  // even: u / σ²
  Eigen::MatrixXd powers(bends_.cols(), those);              // uneven: u, u²
  Eigen::RowVectorXd own = Eigen::RowVectorXd::Zero(those);
  for (Eigen::Index j = 0; j < d; ++j) {
    const auto& c = columns_[static_cast<std::size_t>(j)];
    if (c.kind == kind::even) {
      slopes.row(j) = c.narrowness * c.narrowness * places.row(j);
      own -= 0.5 * slopes.row(j).cwiseProduct(places.row(j));
    } else if (c.kind == kind::uneven) {
      powers.row(c.bend) = places.row(j);
      powers.row(c.bend + 1) = places.row(j).cwiseAbs2();
    }
  }
  Eigen::MatrixXd logs = centres_.topRows(kernels_) * slopes;
  if (powers.rows() > 0) logs += bends_.topRows(kernels_) * powers;
  Eigen::ArrayXd out(those);
  Eigen::ArrayXf parts(kernels_);
  for (Eigen::Index q = 0; q < those; ++q) {
    auto of = logs.col(q).array();
    of += bases_.head(kernels_) + own[q];
    for (Eigen::Index j = 0; j < d; ++j)
      if (const auto& c = columns_[static_cast<std::size_t>(j)]; c.kind == kind::categories)
        of += (centres_.col(j).head(kernels_).array() == places(j, q))
                  .select(c.log_own, Eigen::ArrayXd::Constant(kernels_, c.log_other));
    const double uniform = places(d, q), most = kernels_ ? std::max(of.maxCoeff(), uniform) : uniform;
    // Single precision: what each kernel adds is known to seven digits, and twice as many are added at once.
    parts = (of - most).cast<float>();
    out[q] = most + std::log((std::exp(uniform - most) + static_cast<double>(parts.exp().sum())) / total_);
  }
  return out;
}

double parzen::log_density(std::span<const double> values) const { return log_densities(place(values))[0]; }

}  // namespace vilfredo
