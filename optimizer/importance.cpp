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

using points = std::vector<weighted_point>;

/// Values at which a dimension's densities are compared, each standing for an equal part of it.
std::vector<double> values_along(const space& domain, std::size_t i) {
  const auto& p = domain.dimensions()[i];
  auto n = static_cast<double>(cells);
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

/// `ordered`: the observations in which the dimension exists, the best first.
double importance_of(const space& domain, std::size_t i, const points& ordered) {
  if (ordered.size() < fewest) return 0;
  const auto values = values_along(domain, i);
  const auto all = densities(domain, i, ordered, values);
  const auto count = static_cast<std::size_t>(std::ceil(best_share * static_cast<double>(ordered.size())));
  auto shuffled = ordered;
  auto of_first = [&] {
    return divergence(
        densities(domain, i, {shuffled.begin(), shuffled.begin() + static_cast<std::ptrdiff_t>(count)}, values), all);
  };
  const double shown = of_first();
  random_source random(derive_seed(i, ordered.size()));
  double by_chance = 0;
  for (std::size_t set = 0; set < random_sets; ++set) {
    for (std::size_t k = 0; k < count; ++k) std::swap(shuffled[k], shuffled[k + random.below(shuffled.size() - k)]);
    by_chance += of_first() / static_cast<double>(random_sets);
  }
  return std::max(0.0, shown - by_chance);
}

}  // namespace

std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric) {
  std::vector<const observation*> usable;
  const auto stride = observations.size() / most + 1;
  for (std::size_t at = 0; at < observations.size(); at += stride) {
    const auto& x = observations[at];
    if (x.final() && x.point.values.size() == domain.size() && metric < x.values.size() &&
        std::isfinite(x.values[metric]))
      usable.push_back(&x);
  }
  const double sign = d.metrics[metric].objective == objective::maximize ? -1 : 1;
  auto loss = [&](const observation* x) { return sign * x->values[metric]; };
  std::ranges::stable_sort(usable, {}, loss);
  std::vector<double> out(domain.size(), 0);
  if (usable.size() < fewest || loss(usable.front()) == loss(usable.back())) return out;
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

}  // namespace vilfredo
