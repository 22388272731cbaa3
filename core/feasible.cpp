#include "core/feasible.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

// Notation: y the constrained dimensions scaled to [0, 1] between their bounds (values, not the log scale), n of them;
// m rows of Σ a·y ≤ b, each scaled so that max |a| = 1; t the slack that all rows share.

namespace vilfredo {

namespace {

constexpr double least_slack = 1e-8;     // of a row's own scale: less is no room for real numbers
constexpr double discrete_slack = 1e-6;  // whole numbers may have to meet a row exactly; this makes room for them

bool discrete(const parameter& p) { return p.type != parameter_type::real || !p.grid.empty(); }

std::vector<std::size_t> constrained_dimensions(const space& domain) {
  std::vector<bool> in(domain.size(), false);
  for (const auto& r : domain.rows())
    for (auto i : r.dimensions) in[i] = true;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < in.size(); ++i)
    if (in[i]) out.push_back(i);
  return out;
}

struct scaled_row {
  std::vector<double> a;
  double b = 0;
};

/// maximize t subject to Σ a·y + t ≤ b for every row, 0 ≤ y ≤ 1, by the simplex method on a dense tableau. t may be
/// negative: it is written as t' − lift, with the lift so large that y = 0, t' = 0 is a corner to start from.
std::vector<double> most_slack(const std::vector<scaled_row>& rows, std::size_t n) {
  double lift = 0;
  for (const auto& r : rows) lift = std::max(lift, -r.b);
  const std::size_t m = rows.size(), height = m + n, width = n + 2;  // columns: y, t', right-hand side
  std::vector<std::vector<double>> table(height + 1, std::vector<double>(width, 0.0));
  for (std::size_t i = 0; i < m; ++i) {
    std::ranges::copy(rows[i].a, table[i].begin());
    table[i][n] = 1;
    table[i][n + 1] = rows[i].b + lift;
  }
  for (std::size_t j = 0; j < n; ++j) table[m + j][j] = table[m + j][n + 1] = 1;
  auto& goal = table[height];
  goal[n] = -1;
  std::vector<std::size_t> basic(height), free(n + 1);
  for (std::size_t i = 0; i < height; ++i) basic[i] = n + 1 + i;
  for (std::size_t j = 0; j <= n; ++j) free[j] = j;
  const std::size_t patience = 20 * (height + width);
  for (std::size_t round = 0; round < 10 * patience; ++round) {
    constexpr double zero = 1e-11;
    // The steepest column at first; then the one with the least index (Bland), which cannot go round in circles.
    std::size_t in = n + 1;
    for (std::size_t j = 0; j <= n; ++j)
      if (goal[j] < -zero && (in > n || (round < patience ? goal[j] < goal[in] : free[j] < free[in]))) in = j;
    if (in > n) break;
    std::size_t out = height;
    for (std::size_t i = 0; i < height; ++i) {
      if (table[i][in] <= zero) continue;
      if (out == height) {
        out = i;
        continue;
      }
      const double here = table[i][n + 1] / table[i][in], best = table[out][n + 1] / table[out][in];
      if (here < best || (here == best && basic[i] < basic[out])) out = i;
    }
    if (out == height) break;  // cannot be: every variable is bounded
    const double pivot = table[out][in];
    for (auto& v : table[out]) v /= pivot;
    table[out][in] = 1 / pivot;
    for (std::size_t i = 0; i <= height; ++i) {
      if (i == out) continue;
      const double factor = table[i][in];
      if (factor == 0) continue;
      for (std::size_t j = 0; j < width; ++j)
        if (j != in) table[i][j] -= factor * table[out][j];
      table[i][in] = -factor / pivot;
    }
    std::swap(basic[out], free[in]);
  }
  std::vector<double> y(n, 0.0);
  for (std::size_t i = 0; i < height; ++i)
    if (basic[i] < n) y[basic[i]] = std::clamp(table[i][n + 1], 0.0, 1.0);
  return y;
}

double slack(const std::vector<scaled_row>& rows, const std::vector<double>& y) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& r : rows) {
    double left = r.b;
    for (std::size_t j = 0; j < y.size(); ++j) left -= r.a[j] * y[j];
    least = std::min(least, left);
  }
  return least;
}

/// The allowed value of a dimension that is nearest to `v`.
double nearest(const parameter& p, double v) {
  if (!p.grid.empty()) {
    auto above = std::ranges::lower_bound(p.grid, v);
    if (above == p.grid.end()) return p.grid.back();
    if (above == p.grid.begin() || *above - v < v - *std::prev(above)) return *above;
    return *std::prev(above);
  }
  if (p.type == parameter_type::integer) v = std::round(v);
  return std::clamp(v, p.min, p.max);
}

/// The allowed value nearest to `v` on its side away from `from`: one step further than rounding when that falls short.
double beyond(const parameter& p, double v, double from) {
  double near = nearest(p, v);
  if (!discrete(p) || (v >= from ? near >= v : near <= v)) return near;
  if (!p.grid.empty()) {
    auto at = std::ranges::lower_bound(p.grid, near);
    if (v >= from) return std::next(at) == p.grid.end() ? near : *std::next(at);
    return at == p.grid.begin() ? near : *std::prev(at);
  }
  return std::clamp(near + (v >= from ? 1 : -1), p.min, p.max);
}

/// Looks for a feasible point near `x` by repairing a broken row at a time: the value whose change leaves least amiss,
/// now and then any value (WalkSAT's way out of dead ends).
bool walk_to_feasible(const space& domain, assignments& x) {
  random_source random(stable_hash("walk to a feasible point"));
  const auto& rows = domain.rows();
  auto excess = [&](const space::row& r) {
    double sum = -r.limit, scale = std::abs(r.limit);
    for (std::size_t j = 0; j < r.dimensions.size(); ++j) {
      const double part = r.weights[j] * x.values[r.dimensions[j]];
      sum += part;
      scale = std::max(scale, std::abs(part));
    }
    return scale > 0 ? sum / scale : sum;
  };
  auto amiss = [&] {
    double sum = 0;
    for (const auto& r : rows) sum += std::max(0.0, excess(r));
    return sum;
  };
  constexpr double noise = 0.2;
  for (int round = 0; round < 5000 && !domain.feasible(x); ++round) {
    std::vector<const space::row*> broken;
    for (const auto& r : rows)
      if (excess(r) > 0) broken.push_back(&r);
    if (broken.empty()) break;
    const auto& r = *broken[random.below(broken.size())];
    double over = -r.limit;
    for (std::size_t j = 0; j < r.dimensions.size(); ++j) over += r.weights[j] * x.values[r.dimensions[j]];
    auto repaired = [&](std::size_t j) {
      const auto i = r.dimensions[j];
      return beyond(domain.dimensions()[i], x.values[i] - over / r.weights[j], x.values[i]);
    };
    std::size_t chosen = random.below(r.dimensions.size());
    if (random.uniform() >= noise) {
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < r.dimensions.size(); ++j) {
        auto& value = x.values[r.dimensions[j]];
        const double before = value;
        value = repaired(j);
        const double left = value == before ? least : amiss();
        value = before;
        if (left < least) {
          least = left;
          chosen = j;
        }
      }
    }
    x.values[r.dimensions[chosen]] = repaired(chosen);
  }
  return domain.feasible(x);
}

}  // namespace

std::optional<std::vector<double>> find_interior(const space& domain) {
  std::vector<double> values(domain.size());
  for (std::size_t i = 0; i < domain.size(); ++i) values[i] = domain.from_unit(i, 0.5);
  if (!domain.constrained()) return values;
  const auto dimensions = constrained_dimensions(domain);
  const auto& all = domain.dimensions();
  std::vector<std::size_t> column(domain.size());
  for (std::size_t k = 0; k < dimensions.size(); ++k) column[dimensions[k]] = k;

  std::vector<scaled_row> rows;
  for (const auto& r : domain.rows()) {
    scaled_row s{std::vector<double>(dimensions.size(), 0.0), r.limit};
    bool whole = true;
    for (std::size_t j = 0; j < r.dimensions.size(); ++j) {
      const auto& p = all[r.dimensions[j]];
      s.a[column[r.dimensions[j]]] = r.weights[j] * (p.max - p.min);
      s.b -= r.weights[j] * p.min;
      whole = whole && discrete(p);
    }
    double scale = 0;
    for (double a : s.a) scale = std::max(scale, std::abs(a));
    if (scale == 0) scale = std::max(1.0, std::abs(s.b));
    for (double& a : s.a) a /= scale;
    s.b /= scale;
    if (whole) s.b += discrete_slack;
    rows.push_back(std::move(s));
  }
  auto y = most_slack(rows, dimensions.size());
  const double best = slack(rows, y);
  if (!(best > least_slack)) return std::nullopt;
  // A corner has the most slack, but a place well inside moves more freely: as far to the middle as half the slack
  // allows.
  double low = 0, high = 1;
  auto towards_middle = [&](double s) {
    auto moved = y;
    for (double& v : moved) v += s * (0.5 - v);
    return moved;
  };
  for (int i = 0; i < 40; ++i) {
    const double s = i == 0 ? 1 : (low + high) / 2;
    (slack(rows, towards_middle(s)) >= best / 2 ? low : high) = s;
  }
  y = towards_middle(low);

  bool rounded = false;
  for (std::size_t k = 0; k < dimensions.size(); ++k) {
    const auto& p = all[dimensions[k]];
    values[dimensions[k]] = nearest(p, std::lerp(p.min, p.max, y[k]));
    rounded = rounded || discrete(p);
  }
  assignments x{values};
  if (!domain.feasible(x) && !(rounded && walk_to_feasible(domain, x))) return std::nullopt;
  return x.values;
}

feasible_sampler::feasible_sampler(const space& domain)
    : domain_(&domain), dimensions_(constrained_dimensions(domain)) {
  if (!domain.constrained()) return;
  // `space::make` has found one before.
  const auto inside = find_interior(domain);
  for (auto i : dimensions_) interior_.push_back(inside ? domain.to_unit(i, (*inside)[i]) : 0.5);
}

bool feasible_sampler::holds(const std::vector<double>& y) const {
  assignments x;
  x.values.assign(domain_->size(), 0.0);
  for (std::size_t k = 0; k < dimensions_.size(); ++k)
    x.values[dimensions_[k]] = domain_->from_unit(dimensions_[k], y[k]);
  return domain_->feasible(x);
}

assignments feasible_sampler::draw(random_source& random) const {
  std::vector<double> u(domain_->size());
  for (double& v : u) v = random.uniform();
  if (dimensions_.empty()) return domain_->from_unit(u);
  auto y = [&] {
    constexpr int cheap = 100;
    std::vector<double> tried(dimensions_.size());
    for (int i = 0; i < cheap; ++i) {
      for (double& v : tried) v = random.uniform();
      if (holds(tried)) return tried;
    }
    return walk(random);
  }();
  for (std::size_t k = 0; k < dimensions_.size(); ++k) u[dimensions_[k]] = y[k];
  return domain_->from_unit(u);
}

void feasible_sampler::make_parallel(std::vector<double>& direction, random_source& random) const {
  // Which constraints is left to chance, not to where we stand, so that every move is as likely as its reverse.
  auto remove = [](std::vector<double>& from, const std::vector<double>& unit) {
    double part = 0;
    for (std::size_t k = 0; k < unit.size(); ++k) part += from[k] * unit[k];
    for (std::size_t k = 0; k < unit.size(); ++k) from[k] -= part * unit[k];
  };
  auto length = [](const std::vector<double>& v) {
    double sum = 0;
    for (double x : v) sum += x * x;
    return std::sqrt(sum);
  };
  std::vector<std::vector<double>> basis;
  const double share = random.uniform();
  for (const auto& normal : normals_) {
    if (random.uniform() > share || basis.size() + 1 >= direction.size()) continue;
    auto rest = normal;
    const double before = length(rest);
    for (const auto& b : basis) remove(rest, b);
    const double after = length(rest);
    if (!(after > 1e-9 * before)) continue;  // this one's direction is there already
    for (double& v : rest) v /= after;
    basis.push_back(std::move(rest));
  }
  for (const auto& b : basis) remove(direction, b);
}

std::vector<double> feasible_sampler::walk(random_source& random) const {
  const std::size_t n = dimensions_.size();
  const std::size_t steps = std::min<std::size_t>(50 + 10 * n, 1000);
  auto y = interior_;
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<double> direction(n, 0.0);
    if (step % 4 == 3) {
      // Along one axis: corners between many constraints are left fastest that way.
      direction[random.below(n)] = 1;
    } else {
      for (double& d : direction) d = random.normal();
      // Along some constraints: two that leave a thin slice between them are not crossed but followed.
      if (step % 2) make_parallel(direction, random);
    }
    double low = -std::numeric_limits<double>::infinity(), high = -low;
    for (std::size_t k = 0; k < n; ++k) {
      if (direction[k] == 0) continue;
      auto a = -y[k] / direction[k], b = (1 - y[k]) / direction[k];
      low = std::max(low, std::min(a, b));
      high = std::min(high, std::max(a, b));
    }
    // Uniform on the part of the line that is feasible, by shrinking towards where we stand (Neal 2003, slice
    // sampling): exact on convex sets, and right as a Markov chain on the others, which whole numbers and log scales
    // make.
    constexpr int most_shrinks = 60;
    for (int i = 0; i < most_shrinks; ++i) {
      const double t = low + (high - low) * random.uniform();
      auto there = y;
      for (std::size_t k = 0; k < n; ++k) there[k] = std::clamp(there[k] + t * direction[k], 0.0, 1.0);
      if (holds(there)) {
        y = std::move(there);
        break;
      }
      (t < 0 ? low : high) = t;
    }
  }
  return y;
}

assignments feasible_sampler::repair(std::span<const double> given) const {
  std::vector<double> u(given.begin(), given.end()), y;
  for (auto i : dimensions_) y.push_back(u[i]);
  if (dimensions_.empty() || holds(y)) return domain_->from_unit(u);
  double broken = 0, whole = 1;  // shares of the way to the interior
  auto there = interior_;
  for (int i = 0; i < 50; ++i) {
    const double share = (broken + whole) / 2;
    auto between = y;
    for (std::size_t k = 0; k < y.size(); ++k) between[k] += share * (interior_[k] - y[k]);
    if (holds(between)) {
      whole = share;
      there = std::move(between);
    } else {
      broken = share;
    }
  }
  for (std::size_t k = 0; k < dimensions_.size(); ++k) u[dimensions_[k]] = there[k];
  return domain_->from_unit(u);
}

}  // namespace vilfredo
