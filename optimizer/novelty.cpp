#include "optimizer/novelty.hpp"

#include <optional>

#include "optimizer/design/enumeration.hpp"

namespace vilfredo {

namespace {
/// Some number of `x` stands strictly between bounds that hold a continuum.
bool continuous(const space& domain, const assignments& x) {
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto& p = domain.dimensions()[i];
    if (p.type == parameter_type::real && p.grid.empty() && x.values[i] > p.min && x.values[i] < p.max) return true;
  }
  return false;
}
}  // namespace

novelty::novelty(const plan_job& job) : domain_(job.space.get()), observations_(&job.observations) {
  for (const auto& x : job.pending) under_way_.insert(fingerprint(x));
}

const std::unordered_set<std::uint64_t>& novelty::observed() const {
  if (observed_.empty())
    for (const auto& x : *observations_)
      if (!x.task) observed_.insert(fingerprint(x.point));
  return observed_;
}

const std::unordered_set<std::uint64_t>& novelty::observed_lately() const {
  constexpr std::size_t most = 500;
  const auto& all = *observations_;
  // Of finite spaces all are looked at, for all may be met again.
  if (all.size() <= most || domain_->cardinality()) return observed();
  if (observed_lately_.empty())
    for (auto i = all.size() - most; i < all.size(); ++i)
      if (!all[i].task) observed_lately_.insert(fingerprint(all[i].point));
  return observed_lately_;
}

bool novelty::is_under_way(const assignments& x) const { return under_way_.contains(fingerprint(x)); }

bool novelty::is_new(const assignments& x) const {
  auto print = fingerprint(x);
  return !under_way_.contains(print) && !observed().contains(print);
}

bool novelty::is_new_draw(const assignments& x) const { return is_new_draw(x, fingerprint(x)); }

bool novelty::is_new_draw(const assignments& x, std::uint64_t print) const {
  return !under_way_.contains(print) && (continuous(*domain_, x) || !observed_lately().contains(print));
}

assignments novelty::choose(const std::function<assignments()>& make, const feasible_sampler& feasible,
                            random_source& random) {
  constexpr int tries = 8;  // a finite space may have little left that is new
  for (int i = 0; i < tries; ++i) {
    auto x = make();
    const auto print = fingerprint(x);
    if (!is_new_draw(x, print)) continue;
    under_way_.insert(print);
    return x;
  }
  auto x = draw(feasible, random);
  take(x);
  return x;
}

assignments novelty::draw(const feasible_sampler& feasible, random_source& random) const {
  constexpr int tries = 32;
  constexpr std::size_t small = 100'000, most_visits = 20'000;
  assignments x;
  std::optional<assignments> idle;
  for (int i = 0; i < tries; ++i) {
    x = feasible.draw(random);
    if (is_new_draw(x)) return x;
    if (!idle && !is_under_way(x)) idle = x;
  }
  if (auto n = domain_->cardinality(); n && *n <= small) {
    // One of each kind, every one with equal chance (reservoir sampling).
    enumeration all(*domain_, small);
    std::optional<assignments> fresh;
    std::uint64_t fresh_seen = 0, idle_seen = 0;
    while (auto next = all.next(most_visits)) {
      if (is_new(*next) && random.below(++fresh_seen) == 0)
        fresh = std::move(next);
      else if (fresh_seen == 0 && !is_under_way(*next) && random.below(++idle_seen) == 0)
        idle = std::move(next);
      if (all.visits() > most_visits) break;
    }
    if (fresh) return *std::move(fresh);
  }
  return idle ? *std::move(idle) : x;
}

}  // namespace vilfredo
