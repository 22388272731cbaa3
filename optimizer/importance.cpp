#include "optimizer/importance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "optimizer/tpe/parzen.hpp"

// Watanabe, Bansal & Hutter 2023, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces"
// (IJCAI), eq. 13. Notation: p the density of all observations along a dimension, p' that of the best ones,
// D = ∫ (p' / p − 1)² p the Pearson divergence.

namespace vilfredo {

namespace {

constexpr double best_share = 0.1;
constexpr std::size_t fewest = 10, most = 2000, cells = 64, random_sets = 8;
constexpr std::size_t most_for_pairs = 500, cells_for_pairs = 16;

using points = std::vector<weighted_point>;

/// Values at which a dimension's densities are compared, each standing for an equal part of it.
std::vector<double> values_along(const space& domain, std::size_t i, std::size_t parts = cells) {
  const auto& p = domain.dimensions()[i];
  auto n = static_cast<double>(parts);
  if (p.type == parameter_type::categorical)
    n = static_cast<double>(p.categories.size());
  else if (!p.grid.empty())
    n = static_cast<double>(p.grid.size());
  std::vector<double> out;
  for (double k = 0; k < n; ++k) out.push_back(domain.from_unit(i, (k + 0.5) / n));
  return out;
}

std::vector<double> densities(const space& domain, std::size_t i, const points& those,
                              const std::vector<double>& values) {
  const parzen density(domain, {i}, those);
  std::vector<double> out;
  double sum = 0;
  for (double v : values) {
    out.push_back(std::exp(density.log_density(std::vector{v})));
    sum += out.back();
  }
  for (double& v : out) v /= sum;
  return out;
}

double divergence(const std::vector<double>& best, const std::vector<double>& all) {
  double sum = 0;
  for (std::size_t k = 0; k < all.size(); ++k) sum += (best[k] - all[k]) * (best[k] - all[k]) / all[k];
  return sum;
}

/// What `measure` says of the best tenth of `ordered`, the best first, without what it says of random tenths.
template <class Measure>
double beyond_chance(const points& ordered, std::uint64_t seed, Measure measure) {
  const auto count = static_cast<std::size_t>(std::ceil(best_share * static_cast<double>(ordered.size())));
  auto shuffled = ordered;
  auto of_first = [&] {
    return measure(points(shuffled.begin(), shuffled.begin() + static_cast<std::ptrdiff_t>(count)));
  };
  const double shown = of_first();
  random_source random(seed);
  double by_chance = 0;
  for (std::size_t set = 0; set < random_sets; ++set) {
    for (std::size_t k = 0; k < count; ++k) std::swap(shuffled[k], shuffled[k + random.below(shuffled.size() - k)]);
    by_chance += of_first() / static_cast<double>(random_sets);
  }
  return std::max(0.0, shown - by_chance);
}

/// `ordered`: the observations in which the dimension exists, the best first.
double importance_of(const space& domain, std::size_t i, const points& ordered) {
  if (ordered.size() < fewest) return 0;
  const auto values = values_along(domain, i);
  const auto all = densities(domain, i, ordered, values);
  return beyond_chance(ordered, derive_seed(i, ordered.size()),
                       [&](const points& some) { return divergence(densities(domain, i, some, values), all); });
}

/// A density over two dimensions, in cells of equal size, and over each of them.
struct pair_density {
  std::vector<double> both, first, second;

  pair_density(const space& domain, std::size_t i, std::size_t j, const points& those,
               const std::vector<double>& along_i, const std::vector<double>& along_j)
      : first(along_i.size()), second(along_j.size()) {
    const parzen density(domain, {i, j}, those);
    double sum = 0;
    for (double x : along_i)
      for (double y : along_j) sum += both.emplace_back(std::exp(density.log_density(std::vector{x, y})));
    for (std::size_t k = 0; k < both.size(); ++k) {
      both[k] /= sum;
      first[k / second.size()] += both[k];
      second[k % second.size()] += both[k];
    }
  }
};

double together(const space& domain, std::size_t i, std::size_t j, const points& ordered) {
  const auto along_i = values_along(domain, i, cells_for_pairs), along_j = values_along(domain, j, cells_for_pairs);
  const pair_density all(domain, i, j, ordered, along_i, along_j);
  return beyond_chance(ordered, derive_seed(derive_seed(i, j), ordered.size()), [&](const points& some) {
    const pair_density best(domain, i, j, some, along_i, along_j);
    const double alone = (1 + divergence(best.first, all.first)) * (1 + divergence(best.second, all.second));
    return 1 - alone / (1 + divergence(best.both, all.both));
  });
}

/// At most so many observations with a value of the metric, the best first; none where all are equal.
std::vector<const observation*> best_first(const definition& d, const space& domain, const history& observations,
                                           std::size_t metric, std::size_t at_most) {
  std::vector<const observation*> out;
  const auto stride = observations.size() / at_most + 1;
  for (std::size_t at = 0; at < observations.size(); at += stride) {
    const auto& x = observations[at];
    if (x.final() && x.point.values.size() == domain.size() && metric < x.values.size() &&
        std::isfinite(x.values[metric]))
      out.push_back(&x);
  }
  const double sign = d.metrics[metric].objective == objective::maximize ? -1 : 1;
  auto loss = [&](const observation* x) { return sign * x->values[metric]; };
  std::ranges::stable_sort(out, {}, loss);
  if (out.size() < fewest || loss(out.front()) == loss(out.back())) out.clear();
  return out;
}

}  // namespace

std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric) {
  const auto usable = best_first(d, domain, observations, metric, most);
  std::vector<double> out(domain.size(), 0);
  if (usable.empty()) return out;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    points ordered;
    for (const auto* x : usable)
      if (domain.active(x->point, i)) ordered.push_back({&x->point, 1});
    out[i] =
        importance_of(domain, i, ordered) * static_cast<double>(ordered.size()) / static_cast<double>(usable.size());
  }
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& v : out) v = sum > 0 ? v / sum : 0;
  return out;
}

std::vector<pair_importance> pair_importances(const definition& d, const space& domain, const history& observations,
                                              std::size_t metric) {
  const auto usable = best_first(d, domain, observations, metric, most_for_pairs);
  std::vector<pair_importance> out;
  for (std::size_t i = 0; i < domain.size(); ++i)
    for (std::size_t j = i + 1; j < domain.size(); ++j) {
      points ordered;
      for (const auto* x : usable)
        if (domain.active(x->point, i) && domain.active(x->point, j)) ordered.push_back({&x->point, 1});
      if (ordered.size() >= fewest) out.push_back({i, j, together(domain, i, j, ordered)});
    }
  std::ranges::stable_sort(out, std::ranges::greater{}, &pair_importance::together);
  return out;
}

}  // namespace vilfredo
