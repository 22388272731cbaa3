#include "optimizer/design/prior_map.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <variant>

#include "core/random.hpp"
#include "optimizer/numeric/incomplete_beta.hpp"

namespace vilfredo {

namespace {

constexpr double most = 50;

double phi(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// Where a share u of the normal distribution lies below, of what of it lies between two ends; the nearer end when
/// nothing does that a double could tell.
double share_of(const normal_prior& prior, double low, double high, double u) {
  // From the side where the tails are exact.
  if (low > prior.mean) return 2 * prior.mean - share_of(prior, 2 * prior.mean - high, 2 * prior.mean - low, 1 - u);
  const double below = phi((low - prior.mean) / prior.scale), above = phi((high - prior.mean) / prior.scale);
  if (!(above > below)) return high;
  const double p = std::clamp(below + u * (above - below), 1e-300, 1 - 0x1p-53);
  return prior.mean + prior.scale * normal_quantile(p);
}

/// How much of a prior over [low, high] lies between two values.
double mass_between(const prior& what, double low, double high, double from, double to) {
  if (const auto* beta = std::get_if<beta_prior>(&what)) {
    auto below = [&](double v) { return beta_cdf((v - low) / (high - low), beta->shape_a, beta->shape_b); };
    return below(to) - below(from);
  }
  const auto& normal = std::get<normal_prior>(what);
  // From the side where the tails are exact.
  const double side = low > normal.mean ? -1 : 1;
  auto below = [&](double v) { return side * phi(side * (v - normal.mean) / normal.scale); };
  return (below(to) - below(from)) / (below(high) - below(low));
}

double log_density_at(const prior& what, double low, double high, double v) {
  if (const auto* beta = std::get_if<beta_prior>(&what))
    return beta_log_density((v - low) / (high - low), beta->shape_a, beta->shape_b) - std::log(high - low);
  const auto& normal = std::get<normal_prior>(what);
  const double z = (v - normal.mean) / normal.scale, side = low > normal.mean ? -1 : 1;
  auto below = [&](double end) { return side * phi(side * (end - normal.mean) / normal.scale); };
  return -0.5 * z * z - std::log(normal.scale * std::sqrt(2 * std::numbers::pi) * (below(high) - below(low)));
}

double nearest_of(const std::vector<double>& grid, double v) {
  const auto above = std::ranges::lower_bound(grid, v);
  if (above == grid.begin()) return grid.front();
  if (above == grid.end()) return grid.back();
  return *above - v < v - *(above - 1) ? *above : *(above - 1);
}

}  // namespace

prior_map::prior_map(const space& domain) : domain_(&domain) {
  for (std::size_t i = 0; i < domain.size(); ++i)
    if (!std::holds_alternative<std::monostate>(domain.dimensions()[i].prior)) dimensions_.push_back(i);
}

prior_map::range prior_map::range_of(const parameter& p) {
  if (!p.grid.empty()) return {p.grid.front(), p.grid.back()};
  const double half = p.type == parameter_type::integer ? 0.5 : 0;
  return {p.min - half, p.max + half};
}

double prior_map::believed(const parameter& p, double u) const {
  const auto [low, high] = range_of(p);
  double v = 0;
  if (const auto* normal = std::get_if<normal_prior>(&p.prior)) {
    v = share_of(*normal, low, high, u);
  } else {
    const auto& beta = std::get<beta_prior>(p.prior);
    v = low + beta_quantile(u, beta.shape_a, beta.shape_b) * (high - low);
  }
  if (!p.grid.empty()) return nearest_of(p.grid, v);
  return std::clamp(p.type == parameter_type::integer ? std::round(v) : v, p.min, p.max);
}

double prior_map::log_density(std::size_t i, double value) const {
  const auto& p = domain_->dimensions()[i];
  const auto [low, high] = range_of(p);
  if (std::holds_alternative<std::monostate>(p.prior) || !(low < high)) return 0;
  double out = 0;
  if (p.grid.empty() && p.type == parameter_type::real) {
    const double by_unit = p.scale == transformation::log ? value * std::log(high / low) : high - low;
    out = log_density_at(p.prior, low, high, value) + std::log(by_unit);
  } else {
    double from = value - 0.5, to = value + 0.5;
    if (!p.grid.empty()) {
      const auto at = std::ranges::lower_bound(p.grid, value);
      from = at == p.grid.begin() ? low : (*at + *(at - 1)) / 2;
      to = at + 1 == p.grid.end() ? high : (*at + *(at + 1)) / 2;
    }
    const auto own = domain_->cell_of(i, value);
    out = std::log(mass_between(p.prior, low, high, from, to) / (own.high - own.low));
  }
  return std::isnan(out) ? 0 : std::clamp(out, -most, most);
}

void prior_map::apply(std::span<double> u) const {
  for (auto i : dimensions_) u[i] = domain_->to_unit(i, believed(domain_->dimensions()[i], u[i]));
}

double prior_map::value(std::size_t i, double u) const {
  const auto& p = domain_->dimensions()[i];
  return std::holds_alternative<std::monostate>(p.prior) ? domain_->from_unit(i, u) : believed(p, u);
}

}  // namespace vilfredo
