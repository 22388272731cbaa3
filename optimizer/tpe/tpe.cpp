#include "optimizer/tpe/tpe.hpp"

#include <algorithm>
#include <functional>
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
constexpr std::size_t reserve_share = 3;  // candidates beyond the bandwidth are chosen from a third of the draws
constexpr option_description options[] = {
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

class planner {
public:
  planner(const plan_job& job, tpe_split split)
      : job_(job),
        domain_(*job.space),
        feasible_(domain_),
        seen_(job),
        random_(job.seed),
        groups_(groups_of(domain_)),
        split_(std::move(split)) {
    for (const auto& x : job.pending)
      if (x.values.size() == domain_.size()) split_.bad.push_back({&x, 1.0});
    lots_.resize(groups_.size());
    for (const auto& group : groups_) {
      good_.emplace_back(domain_, group, those_with(group, split_.good));
      bad_.emplace_back(domain_, group, those_with(group, split_.bad));
    }
  }

  result<plan> make() {
    plan out;
    draws_ = static_cast<std::size_t>(number_option(job_.sampler, "draws", usual_draws));
    reserve_ = (draws_ + reserve_share - 1) / reserve_share;
    const auto at_once = std::max(1u, job_.definition->parallel_bandwidth);
    while (out.candidates.size() < job_.count) {
      in_reserve_ = out.candidates.size() >= at_once;
      auto x = suggestion();
      if (!x) return error{errc::later, "cancelled"};
      seen_.take(*x);
      for (std::size_t g = 0; g < groups_.size(); ++g)
        if (domain_.active(*x, groups_[g][0])) bad_[g].add({&*x, 1.0});
      out.candidates.push_back(*std::move(x));
    }
    out.hint = std::move(split_.hint);
    out.note = std::to_string(split_.good.size()) + " good and " + std::to_string(split_.others + job_.pending.size()) +
               " other points";
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
    for (int i = 0; i < tries; ++i) {
      assignments x;
      x.values.assign(domain_.size(), std::numeric_limits<double>::quiet_NaN());
      for (std::size_t g = 0; g < groups_.size(); ++g) {
        if (!domain_.active(x, groups_[g][0])) continue;
        if (job_.is_cancelled()) return std::nullopt;
        choose(x, g);
      }
      if (seen_.is_new_draw(x)) return x;
    }
    if (job_.is_cancelled()) return std::nullopt;
    return seen_.draw(feasible_, random_);
  }

  /// A draw of a group's dimensions from the good density.
  struct drawn {
    std::vector<double> values;
    Eigen::VectorXd place;
    double good = 0, ratio = 0;  // the log of its good density, and of that over the bad one
  };

  /// Gives the dimensions of a group the draw with the greatest ratio of the densities. The next best ones are kept:
  /// two candidates of the reserve are chosen from them, by the bad density as it is then.
  void choose(assignments& x, std::size_t g) {
    auto& lot = lots_[g];
    if (!in_reserve_ || lot.empty() || lot.size() + 2 <= reserve_) draw_anew(x, g);
    const auto bad = bad_[g].log_densities(places_of(lot));
    for (std::size_t k = 0; k < lot.size(); ++k) lot[k].ratio = lot[k].good - bad[static_cast<Eigen::Index>(k)];
    std::ranges::stable_sort(lot, std::greater<>{}, &drawn::ratio);
    const auto& chosen = lot.front().values;
    for (std::size_t j = 0; j < chosen.size(); ++j) x.values[groups_[g][j]] = chosen[j];
    lot.erase(lot.begin());
    if (lot.size() > reserve_) lot.resize(reserve_);
  }

  void draw_anew(const assignments& x, std::size_t g) {
    auto& lot = lots_[g];
    lot.resize(in_reserve_ ? reserve_ : draws_);
    for (auto& d : lot) {
      d.values = draw(x, g);
      d.place = good_[g].place(d.values);
    }
    const auto good = good_[g].log_densities(places_of(lot));
    for (std::size_t k = 0; k < lot.size(); ++k) lot[k].good = good[static_cast<Eigen::Index>(k)];
  }

  static Eigen::MatrixXd places_of(const std::vector<drawn>& lot) {
    Eigen::MatrixXd out(lot.front().place.size(), static_cast<Eigen::Index>(lot.size()));
    for (Eigen::Index k = 0; k < out.cols(); ++k) out.col(k) = lot[static_cast<std::size_t>(k)].place;
    return out;
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
  std::size_t draws_ = 0, reserve_ = 0;
  bool in_reserve_ = false;  // beyond the bandwidth
  tpe_split split_;
  // Of each group:
  std::vector<parzen> good_, bad_;
  std::vector<std::vector<drawn>> lots_;  // what the last choice left, the best first
};

}  // namespace

std::span<const option_description> tpe_options() { return options; }

result<plan> suggest_tpe(const plan_job& job) {
  auto split = split_observations(job, number_option(job.sampler, "good_fraction", usual_fraction));
  if (!split) return error{errc::later, "cancelled"};
  return planner(job, *std::move(split)).make();
}

}  // namespace vilfredo
