#include "optimizer/tpe/tpe.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/novelty.hpp"
#include "optimizer/tpe/parzen.hpp"
#include "optimizer/tpe/split.hpp"

namespace vilfredo {

namespace {

constexpr double usual_draws = 24, usual_fraction = 0.1;
constexpr std::size_t newest_bad = 100, older_bad = 200;
constexpr sampler_option options[] = {
    {"draws", "integer", "how many draws from the good density a suggestion is chosen from; default 24", 1, 10'000},
    {"good_fraction", "number", "the part of the observations that counts as good, at most 25 of them; default 0.1",
     0.001, 0.9}};

/// Dimensions that exist under the same conditions, so always together.
std::vector<std::vector<std::size_t>> groups_of(const space& domain) {
  std::vector<std::vector<std::size_t>> out;
  for (auto i : domain.order()) {
    const auto& conditions = domain.dimensions()[i].conditions;
    auto same = std::ranges::find_if(
        out, [&](const auto& group) { return domain.dimensions()[group[0]].conditions == conditions; });
    if (same == out.end())
      out.push_back({i});
    else
      same->push_back(i);
  }
  return out;
}

/// The newest (pending ones come last), and for the older ones every k-th with the weight of k.
std::vector<weighted_point> thinned(const std::vector<weighted_point>& all) {
  if (all.size() <= newest_bad + older_bad) return all;
  const auto older = all.size() - newest_bad;
  std::vector<weighted_point> out;
  for (std::size_t k = 0; k < older_bad; ++k) {
    // Bounds of the k-th of older_bad equal stretches; its last one stands for it.
    const auto begin = k * older / older_bad, end = (k + 1) * older / older_bad;
    out.push_back({all[end - 1].point, static_cast<double>(end - begin)});
  }
  out.insert(out.end(), all.end() - newest_bad, all.end());
  return out;
}

class planner {
public:
  explicit planner(const plan_job& job)
      : job_(job),
        domain_(*job.space),
        feasible_(domain_),
        seen_(job),
        random_(job.seed),
        groups_(groups_of(domain_)),
        draws_(static_cast<std::size_t>(number_option(job.sampler, "draws", usual_draws))),
        split_(split_observations(job, number_option(job.sampler, "good_fraction", usual_fraction))) {
    for (const auto& group : groups_) good_.emplace_back(domain_, group, those_with(group, split_.good));
    for (const auto& x : job.pending)
      if (x.values.size() == domain_.size()) split_.bad.push_back({&x, 1.0});
  }

  result<plan> make() {
    plan out;
    out.candidates.reserve(job_.count);  // the bad density points into it
    const auto good = split_.good.size(), bad = split_.bad.size();
    while (out.candidates.size() < job_.count) {
      auto x = suggestion();
      if (!x) return error{errc::later, "cancelled"};
      seen_.take(*x);
      out.candidates.push_back(*std::move(x));
      split_.bad.push_back({&out.candidates.back(), 1.0});
    }
    out.note = std::to_string(good) + " good and " + std::to_string(bad) + " other points";
    return out;
  }

private:
  std::vector<weighted_point> those_with(const std::vector<std::size_t>& group,
                                         const std::vector<weighted_point>& points) const {
    std::vector<weighted_point> out;
    for (const auto& p : points)
      if (domain_.active(*p.point, group[0])) out.push_back(p);
    return out;
  }

  /// Nothing when cancelled.
  std::optional<assignments> suggestion() {
    constexpr int tries = 8;  // a finite space may have little left that is new
    std::vector<parzen> bad;
    const auto others = thinned(split_.bad);
    for (const auto& group : groups_) bad.emplace_back(domain_, group, those_with(group, others));
    for (int i = 0; i < tries; ++i) {
      assignments x;
      x.values.assign(domain_.size(), std::numeric_limits<double>::quiet_NaN());
      for (std::size_t g = 0; g < groups_.size(); ++g) {
        if (!domain_.active(x, groups_[g][0])) continue;
        if (job_.is_cancelled()) return std::nullopt;
        choose(x, g, bad[g]);
      }
      if (seen_.is_new_draw(x)) return x;
    }
    if (job_.is_cancelled()) return std::nullopt;
    return seen_.draw(feasible_, random_);
  }

  /// Gives the dimensions of a group the draw with the greatest ratio of the densities.
  void choose(assignments& x, std::size_t g, const parzen& bad) {
    double best = -std::numeric_limits<double>::infinity();
    std::vector<double> chosen;
    for (std::size_t i = 0; i < draws_; ++i) {
      auto values = draw(x, g);
      const double ratio = good_[g].log_density(values) - bad.log_density(values);
      if (chosen.empty() || ratio > best) {
        best = ratio;
        chosen = std::move(values);
      }
    }
    for (std::size_t j = 0; j < chosen.size(); ++j) x.values[groups_[g][j]] = chosen[j];
  }

  /// Linear constraints are over dimensions without conditions, which are one group, the first: what it draws is made
  /// to meet them.
  std::vector<double> draw(const assignments& x, std::size_t g) {
    constexpr int tries = 10;
    auto values = good_[g].draw(random_);
    if (!domain_.constrained() || !domain_.dimensions()[groups_[g][0]].conditions.empty()) return values;
    auto whole = x;
    for (int i = 0; i < tries; ++i) {
      for (std::size_t j = 0; j < values.size(); ++j) whole.values[groups_[g][j]] = values[j];
      if (domain_.feasible(whole)) return values;
      if (i + 1 < tries) values = good_[g].draw(random_);
    }
    auto repaired = feasible_.repair(domain_.to_unit(whole));
    for (std::size_t j = 0; j < values.size(); ++j) values[j] = repaired.values[groups_[g][j]];
    return values;
  }

  const plan_job& job_;
  const space& domain_;
  feasible_sampler feasible_;
  novelty seen_;
  random_source random_;
  std::vector<std::vector<std::size_t>> groups_;
  std::size_t draws_;
  tpe_split split_;
  std::vector<parzen> good_;  // of each group
};

}  // namespace

std::span<const sampler_option> tpe_options() { return options; }

result<plan> suggest_tpe(const plan_job& job) { return planner(job).make(); }

}  // namespace vilfredo
