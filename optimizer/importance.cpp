#include "optimizer/importance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/bayes/evidence.hpp"
#include "optimizer/bayes/hyperfit.hpp"

// Watanabe, Bansal & Hutter 2023, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces"
// (IJCAI), eq. 13. Notation: p the shares of all configurations that lie in each cell of a dimension (or of two), p'
// those of the best ones, D = Σ (p' / p − 1)² p the Pearson divergence. The configurations are drawn from the space and
// judged by a model, since those of a search tell where it looked.

namespace vilfredo {

namespace {

constexpr double best_share = 0.1;
constexpr double alike = 0.02;  // in standard deviations of what is expected: not told apart
constexpr std::size_t fewest = 10, most_modelled = 300, drawn = 4000, random_sets = 16;
constexpr std::size_t cells = 16, cells_for_pairs = 8;
constexpr Eigen::Index most_fitted = 250;
constexpr std::uint64_t drawing_stream = 0x1a9;

/// The metric alone, as what is to be optimized, and at most so many observations with a value of it.
plan_job lesson(const definition& d, const space& domain, const history& observations, std::size_t metric) {
  auto alone = d;
  alone.metrics = {{d.metrics[metric].name, d.metrics[metric].objective, strategy::optimize, {}}};
  alone.tasks.clear();
  plan_job out;
  out.definition = std::make_shared<definition>(std::move(alone));
  out.space = std::shared_ptr<const space>(&domain, [](const space*) {});
  const auto stride = observations.size() / most_modelled + 1;
  for (std::size_t at = 0; at < observations.size(); at += stride) {
    const auto& x = observations[at];
    if (!x.final() || x.point.values.size() != domain.size() || metric >= x.values.size() ||
        !std::isfinite(x.values[metric]) || !domain.check(x.point))
      continue;
    observation seen;
    seen.point = x.point;
    seen.values = {x.values[metric]};
    if (metric < x.stddevs.size()) seen.stddevs = {x.stddevs[metric]};
    out.observations.append(std::move(seen));
  }
  return out;
}

/// Nothing where the observations show no difference.
std::optional<gaussian_process> learn(const plan_job& job, const std::shared_ptr<const encoding>& how) {
  if (job.observations.size() < fewest || how->scales() == 0) return std::nullopt;
  const auto data = evidence(job, *how).objectives[0].data;
  if (data.size() < 2 || data.values.minCoeff() == data.values.maxCoeff()) return std::nullopt;
  return gaussian_process::make(how, data, fit_kernel(*how, thinned(data, most_fitted), std::nullopt, {}));
}

/// Configurations from all of the space, the best first by what a model expects.
class judged_space {
public:
  /// Empty where the observations show nothing.
  judged_space(const definition& d, const space& domain, const history& observations, std::size_t metric)
      : domain_(domain) {
    const auto how = std::make_shared<const encoding>(domain);
    const auto model = learn(lesson(d, domain, observations, metric), how);
    if (!model) return;
    const feasible_sampler feasible(domain);
    random_source random(derive_seed(d.seed, drawing_stream));
    std::vector<assignments> those;
    Eigen::MatrixXd rows(drawn, static_cast<Eigen::Index>(how->columns().size()));
    for (std::size_t k = 0; k < drawn; ++k) {
      those.push_back(feasible.draw(random));
      rows.row(static_cast<Eigen::Index>(k)) = how->encode(those.back()).transpose();
    }
    const Eigen::VectorXd expected = model->at_all(rows).mean;
    tie_ = alike * std::sqrt((expected.array() - expected.mean()).square().mean());
    if (!(tie_ > 0)) return;
    std::vector<std::size_t> order(drawn);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return expected[static_cast<Eigen::Index>(k)]; });
    for (auto k : order) {
      all_.push_back(std::move(those[k]));
      expected_.push_back(expected[static_cast<Eigen::Index>(k)]);
    }
  }

  std::size_t size() const { return all_.size(); }

  /// Of the configurations in which some dimensions exist, which cell each lies in, the best first.
  struct placed {
    std::vector<std::size_t> cell;
    std::size_t cells = 1, best = 0;  ///< so many are the best tenth, with those as good as its last
  };
  placed places(const std::vector<std::size_t>& dimensions, std::size_t most_cells) const {
    placed out;
    for (auto i : dimensions) out.cells *= cells_along(i, most_cells);
    std::vector<double> expected;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      if (!std::ranges::all_of(dimensions, [&](std::size_t i) { return domain_.active(all_[k], i); })) continue;
      std::size_t cell = 0;
      for (auto i : dimensions) {
        const auto n = cells_along(i, most_cells);
        const double u = domain_.to_unit(i, all_[k].values[i]);
        cell = cell * n + std::min(n - 1, static_cast<std::size_t>(u * static_cast<double>(n)));
      }
      out.cell.push_back(cell);
      expected.push_back(expected_[k]);
    }
    if (expected.size() < fewest) return out;
    const auto tenth = static_cast<std::size_t>(std::ceil(best_share * static_cast<double>(expected.size())));
    out.best =
        static_cast<std::size_t>(std::ranges::upper_bound(expected, expected[tenth - 1] + tie_) - expected.begin());
    return out;
  }
  /// The number of a dimension's cells: all of its values while these are few.
  std::size_t cells_along(std::size_t i, std::size_t most) const {
    const auto& p = domain_.dimensions()[i];
    if (p.type == parameter_type::categorical) return p.categories.size();
    if (!p.grid.empty()) return std::min(most, p.grid.size());
    if (p.type == parameter_type::integer && p.scale == transformation::none)
      return static_cast<std::size_t>(std::min(static_cast<double>(most), p.max - p.min + 1));
    return most;
  }

private:
  const space& domain_;
  std::vector<assignments> all_;
  std::vector<double> expected_;
  double tie_ = 0;
};

/// The shares of the first `count` in each cell.
std::vector<double> shares(const std::vector<std::size_t>& cell, std::size_t count, std::size_t of_cells) {
  std::vector<double> out(of_cells, 0);
  for (std::size_t k = 0; k < count; ++k) out[cell[k]] += 1 / static_cast<double>(count);
  return out;
}

double divergence(const std::vector<double>& best, const std::vector<double>& all) {
  double sum = 0;
  for (std::size_t k = 0; k < all.size(); ++k)
    if (all[k] > 0) sum += (best[k] - all[k]) * (best[k] - all[k]) / all[k];
  return sum;
}

/// What `measure` says of the best, without what it says of as many at random.
template <class Measure>
double beyond_chance(const judged_space::placed& x, std::uint64_t seed, Measure measure) {
  if (x.best == 0 || x.best == x.cell.size()) return 0;
  const double shown = measure(shares(x.cell, x.best, x.cells));
  auto shuffled = x.cell;
  random_source random(seed);
  double by_chance = 0;
  for (std::size_t set = 0; set < random_sets; ++set) {
    for (std::size_t k = 0; k < x.best; ++k) std::swap(shuffled[k], shuffled[k + random.below(shuffled.size() - k)]);
    by_chance += measure(shares(shuffled, x.best, x.cells)) / static_cast<double>(random_sets);
  }
  return std::max(0.0, shown - by_chance);
}

/// The shares of two dimensions' cells summed up for each of the two.
struct margins {
  std::vector<double> first, second;

  margins(const std::vector<double>& both, std::size_t cells_along_second)
      : first(both.size() / cells_along_second), second(cells_along_second) {
    for (std::size_t k = 0; k < both.size(); ++k) {
      first[k / cells_along_second] += both[k];
      second[k % cells_along_second] += both[k];
    }
  }
};

}  // namespace

std::vector<double> importances(const definition& d, const space& domain, const history& observations,
                                std::size_t metric) {
  const judged_space judged(d, domain, observations, metric);
  std::vector<double> out(domain.size(), 0);
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto x = judged.places({i}, cells);
    const auto all = shares(x.cell, x.cell.size(), x.cells);
    out[i] = beyond_chance(x, derive_seed(i, x.cell.size()),
                           [&](const std::vector<double>& some) { return divergence(some, all); }) *
             static_cast<double>(x.cell.size());
  }
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& v : out) v = sum > 0 ? v / sum : 0;
  return out;
}

std::vector<pair_importance> pair_importances(const definition& d, const space& domain, const history& observations,
                                              std::size_t metric) {
  const judged_space judged(d, domain, observations, metric);
  std::vector<pair_importance> out;
  for (std::size_t i = 0; i < domain.size(); ++i)
    for (std::size_t j = i + 1; j < domain.size(); ++j) {
      const auto x = judged.places({i, j}, cells_for_pairs);
      if (x.cell.size() < fewest) continue;
      const auto all = shares(x.cell, x.cell.size(), x.cells);
      const auto along_second = judged.cells_along(j, cells_for_pairs);
      const margins of_all(all, along_second);
      const auto seed = derive_seed(derive_seed(i, j), x.cell.size());
      out.push_back({i, j, beyond_chance(x, seed, [&](const std::vector<double>& some) {
                       const margins of_some(some, along_second);
                       const double alone = (1 + divergence(of_some.first, of_all.first)) *
                                            (1 + divergence(of_some.second, of_all.second));
                       return 1 - alone / (1 + divergence(some, all));
                     })});
    }
  std::ranges::stable_sort(out, std::ranges::greater{}, &pair_importance::together);
  return out;
}

}  // namespace vilfredo
