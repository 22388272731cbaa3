#include "optimizer/bayes/acquisition_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "optimizer/numeric/quasi_newton.hpp"

namespace vilfredo {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double many_values = 24;  // of an ordered dimension: more are searched like real numbers first

/// How many values a dimension has; infinity for real numbers.
double values_of(const parameter& p) {
  if (p.type == parameter_type::categorical) return static_cast<double>(p.categories.size());
  if (!p.grid.empty()) return static_cast<double>(p.grid.size());
  if (p.min == p.max) return 1;
  if (p.type == parameter_type::integer) return p.max - p.min + 1;
  return std::numeric_limits<double>::infinity();
}

/// The derivative of a number by its unit coordinate.
double stretch(const parameter& p, double value) {
  if (p.scale == transformation::log) return value * std::log(p.max / p.min);
  return p.type == parameter_type::integer ? p.max - p.min + 1 : p.max - p.min;
}

bool in_a_constraint(const space& domain, std::size_t i) {
  return std::ranges::any_of(domain.rows(),
                             [&](const space::row& r) { return std::ranges::count(r.dimensions, i) > 0; });
}

}  // namespace

acquisition_search::acquisition_search(const space& domain, std::shared_ptr<const encoding> how,
                                       const feasible_sampler& feasible, random_source& random,
                                       std::vector<const assignments*> best, std::function<bool()> cancelled)
    : domain_(domain),
      how_(std::move(how)),
      feasible_(feasible),
      random_(random),
      best_(std::move(best)),
      cancelled_(std::move(cancelled)),
      bounds_(domain.size()) {
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto& p = domain.dimensions()[i];
    const double n = values_of(p);
    if (n == 1) continue;
    // Grids and logarithmic integers have no slope that a constraint could use: there they move in steps alone.
    const bool uneven = !p.grid.empty() || (p.type == parameter_type::integer && p.scale == transformation::log);
    if (p.type != parameter_type::categorical && n > many_values && !(uneven && in_a_constraint(domain, i)))
      smooth_.push_back(i);
    if (std::isfinite(n)) stepped_.push_back(i);
  }
}

void acquisition_search::complete(assignments& x) {
  for (auto i : domain_.order()) {
    double& value = x.values[i];
    if (!domain_.active(x, i)) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (std::isnan(value)) {
      auto donor = std::ranges::find_if(best_, [&](const assignments* b) { return !std::isnan(b->values[i]); });
      value = donor != best_.end() && random_.uniform() < 0.5 ? (*donor)->values[i]
                                                              : domain_.from_unit(i, random_.uniform());
    }
  }
}

assignments acquisition_search::with(assignments x, std::size_t dimension, double value) {
  x.values[dimension] = value;
  complete(x);
  return x;
}

void acquisition_search::confine(const assignments& centre, const std::vector<double>& sides) {
  centre_ = domain_.to_unit(centre);
  for (std::size_t i = 0; i < domain_.size(); ++i) {
    const auto& p = domain_.dimensions()[i];
    if (p.type == parameter_type::categorical || std::isnan(centre.values[i])) continue;
    const double half = std::max(sides[i] / 2, 1 / values_of(p));
    bounds_[i] = {std::max(0.0, centre_[i] - half), std::min(1.0, centre_[i] + half)};
  }
}

assignments acquisition_search::held(assignments x) const {
  if (centre_.empty()) return x;
  for (std::size_t i = 0; i < domain_.size(); ++i) {
    if (domain_.dimensions()[i].type == parameter_type::categorical || std::isnan(x.values[i])) continue;
    const double u = domain_.to_unit(i, x.values[i]), inside = std::clamp(u, bounds_[i].low, bounds_[i].high);
    if (u != inside) x.values[i] = domain_.from_unit(i, inside);
  }
  return domain_.feasible(x) ? x : feasible_.repair(domain_.to_unit(x));
}

assignments acquisition_search::scattered() {
  if (centre_.empty()) return feasible_.draw(random_);
  constexpr double changed = 20;  // dimensions, on average: Regis & Shoemaker 2013
  const double chance = std::min(1.0, changed / static_cast<double>(domain_.size()));
  auto u = centre_;
  for (std::size_t i = 0; i < u.size(); ++i)
    if (random_.uniform() < chance) u[i] = std::lerp(bounds_[i].low, bounds_[i].high, random_.uniform());
  return feasible_.repair(u);
}

assignments acquisition_search::nearby() {
  // The better, the more often: the rank is that of the lesser of two draws.
  const auto rank = std::min(random_.below(best_.size()), random_.below(best_.size()));
  assignments x = *best_[rank];
  const auto d = static_cast<double>(domain_.size());
  // All dimensions a little or few of them much.
  const double chance = random_.uniform() < 0.5 ? 1.0 : std::min(1.0, 2.5 / d);
  const double width = std::pow(10, -0.5 - 2 * random_.uniform());
  for (auto i : domain_.order()) {
    if (!domain_.active(x, i)) {
      x.values[i] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    if (std::isnan(x.values[i])) {
      x.values[i] = domain_.from_unit(i, random_.uniform());
      continue;
    }
    if (random_.uniform() > chance) continue;
    const auto& p = domain_.dimensions()[i];
    if (p.type == parameter_type::categorical) {
      if (random_.uniform() < 0.2 || chance < 1) x.values[i] = domain_.from_unit(i, random_.uniform());
      continue;
    }
    const double share = 1 / values_of(p);
    const double u = domain_.to_unit(i, x.values[i]) + std::max(width, 0.7 * share) * random_.normal();
    x.values[i] = domain_.from_unit(i, std::clamp(u, 0.0, 1.0));
  }
  if (!domain_.feasible(x)) x = feasible_.repair(domain_.to_unit(x));
  return x;
}

void acquisition_search::draw_pool(const criterion& worth, std::size_t size) {
  points_.clear();
  for (std::size_t i = 0; i < size; ++i) points_.push_back(i % 2 && !best_.empty() ? held(nearby()) : scattered());
  rows_.resize(static_cast<Index>(size), static_cast<Index>(how_->columns().size()));
  for (std::size_t i = 0; i < size; ++i) rows_.row(static_cast<Index>(i)) = how_->encode(points_[i]).transpose();
  pool_ = worth.look_at(rows_);
}

acquisition_search::candidate acquisition_search::judged(const criterion& worth, assignments x) const {
  candidate out{std::move(x), {}, 0};
  out.row = how_->encode(out.x);
  out.value = worth.value(out.row);
  return out;
}

polytope acquisition_search::around(const candidate& at, const std::vector<std::size_t>& free) const {
  const auto n = static_cast<Index>(free.size()), rows = static_cast<Index>(domain_.rows().size());
  polytope out{MatrixXd::Zero(2 * n + rows, n), VectorXd::Zero(2 * n + rows)};
  for (Index k = 0; k < n; ++k) {
    const auto i = free[static_cast<std::size_t>(k)];
    const double u = domain_.to_unit(i, at.x.values[i]);
    out.normals(k, k) = 1;
    out.limits[k] = std::max(bounds_[i].high, u);
    out.normals(n + k, k) = -1;
    out.limits[n + k] = -std::min(bounds_[i].low, u);
  }
  for (Index r = 0; r < rows; ++r) {
    const auto& row = domain_.rows()[static_cast<std::size_t>(r)];
    double slack = row.limit;
    for (std::size_t j = 0; j < row.dimensions.size(); ++j) slack -= row.weights[j] * at.x.values[row.dimensions[j]];
    out.limits[2 * n + r] = std::max(slack, 0.0);
    for (std::size_t j = 0; j < row.dimensions.size(); ++j) {
      const auto found = std::ranges::find(free, row.dimensions[j]);
      if (found == free.end()) continue;
      const double slope = row.weights[j] * stretch(domain_.dimensions()[*found], at.x.values[*found]);
      out.normals(2 * n + r, found - free.begin()) = slope;
      out.limits[2 * n + r] += slope * domain_.to_unit(*found, at.x.values[*found]);
    }
  }
  return out;
}

bool acquisition_search::move_numbers(const criterion& worth, candidate& at, std::size_t evaluations) const {
  std::vector<std::size_t> free;
  for (auto i : smooth_)
    if (!std::isnan(at.x.values[i])) free.push_back(i);
  if (free.empty()) return false;
  std::vector<double> start;
  for (auto i : free) start.push_back(domain_.to_unit(i, at.x.values[i]));
  VectorXd row = at.row, by_column;
  const smooth_function loss = [&](std::span<const double> u, std::span<double> gradient) {
    if (cancelled_()) return std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < free.size(); ++k) how_->place(free[k], u[k], row);
    const double value = worth.value(row, by_column);
    for (std::size_t k = 0; k < free.size(); ++k) gradient[k] = -how_->pull_back(free[k], u[k], by_column);
    return -value;
  };
  quasi_newton_limits limits;
  limits.evaluations = evaluations;
  limits.gradient = 1e-4;
  limits.progress = 1e-5;
  box bounds;
  for (std::size_t k = 0; k < free.size(); ++k) {
    // Repairs and rounding may have left the box.
    bounds.lower.push_back(std::min(bounds_[free[k]].low, start[k]));
    bounds.upper.push_back(std::max(bounds_[free[k]].high, start[k]));
  }
  const auto found = domain_.constrained() ? minimize_in_polytope(loss, start, around(at, free), limits)
                                           : minimize_in_box(loss, start, bounds, limits);
  assignments x = at.x;
  for (std::size_t k = 0; k < free.size(); ++k) x.values[free[k]] = domain_.from_unit(free[k], found.at[k]);
  if (!domain_.feasible(x)) x = feasible_.repair(domain_.to_unit(x));
  auto moved = judged(worth, std::move(x));
  if (!(moved.value > at.value)) return false;
  at = std::move(moved);
  return true;
}

std::vector<double> acquisition_search::alternatives(std::size_t dimension, double value) {
  const auto& p = domain_.dimensions()[dimension];
  const double n = values_of(p);
  std::vector<double> out;
  if (p.type == parameter_type::categorical || n <= many_values) {
    const auto count = static_cast<std::size_t>(n);
    const bool all = n <= many_values;
    for (std::size_t k = 0; k < (all ? count : static_cast<std::size_t>(many_values)); ++k) {
      const auto which = all ? k : random_.below(count);
      out.push_back(domain_.from_unit(dimension, (static_cast<double>(which) + 0.5) / n));
    }
    if (p.type == parameter_type::integer && p.grid.empty()) {
      // By value: on a log scale equal shares of the unit interval would miss some.
      out.clear();
      for (double v = p.min; v <= p.max; ++v) out.push_back(v);
    }
  } else if (!p.grid.empty()) {
    const auto at = std::ranges::lower_bound(p.grid, value) - p.grid.begin();
    for (std::ptrdiff_t step : {-2, -1, 1, 2})
      if (at + step >= 0 && at + step < std::ssize(p.grid)) out.push_back(p.grid[static_cast<std::size_t>(at + step)]);
  } else {
    for (double step : {-2.0, -1.0, 1.0, 2.0})
      if (value + step >= p.min && value + step <= p.max) out.push_back(value + step);
  }
  std::erase_if(out, [&](double v) {
    if (v == value) return true;
    if (p.type == parameter_type::categorical || centre_.empty()) return false;
    const double u = domain_.to_unit(dimension, v);
    return u < bounds_[dimension].low || u > bounds_[dimension].high;
  });
  return out;
}

bool acquisition_search::move_choices(const criterion& worth, candidate& at) {
  bool moved = false;
  for (auto i : stepped_) {
    if (std::isnan(at.x.values[i]) || cancelled_()) continue;
    candidate best = at;
    for (double value : alternatives(i, at.x.values[i])) {
      auto x = with(at.x, i, value);
      if (!domain_.feasible(x)) continue;
      auto other = judged(worth, std::move(x));
      if (other.value > best.value) best = std::move(other);
    }
    if (best.value > at.value) {
      at = std::move(best);
      moved = true;
    }
  }
  return moved;
}

std::optional<assignments> acquisition_search::find(const criterion& worth, const novelty& seen,
                                                    const search_effort& effort) {
  const VectorXd values = worth.values(pool_);
  std::vector<std::size_t> order(points_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return values[static_cast<Index>(i)]; });
  std::optional<candidate> best;
  auto offer = [&](const candidate& c) {
    if (std::isfinite(c.value) && (!best || c.value > best->value) && seen.is_new(c.x)) best = c;
  };
  std::size_t refined = 0;
  std::vector<std::size_t> started;
  for (auto i : order) {
    if (refined == effort.starts || cancelled_()) break;
    const auto at = static_cast<Index>(i);
    // Starts close together end at one place.
    const bool close = std::ranges::any_of(started, [&](std::size_t other) {
      return (rows_.row(at) - rows_.row(static_cast<Index>(other))).cwiseAbs().maxCoeff() < 0.02;
    });
    if (close) continue;
    started.push_back(i);
    ++refined;
    candidate c{points_[i], rows_.row(at).transpose(), values[at]};
    offer(c);
    constexpr int most_rounds = 3;
    for (int round = 0; round < most_rounds; ++round) {
      bool moved = move_numbers(worth, c, effort.evaluations);
      if (moved) offer(c);
      const bool chose = !stepped_.empty() && move_choices(worth, c);
      if (chose) offer(c);
      if (!chose) break;
    }
  }
  if (cancelled_()) return std::nullopt;
  for (auto i : order) {
    if (best) break;
    offer({points_[i], {}, values[static_cast<Index>(i)]});
  }
  return best ? best->x : seen.draw(feasible_, random_);
}

}  // namespace vilfredo
