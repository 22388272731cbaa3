#include "optimizer/novelty.hpp"

#include <optional>

#include "optimizer/design/enumeration.hpp"

namespace vilfredo {

novelty::novelty(const plan_job& job) : domain_(job.space.get()) {
  for (const auto& x : job.pending) under_way_.insert(fingerprint(x));
  for (const auto& x : job.observations) observed_.insert(fingerprint(x.point));
}

bool novelty::is_under_way(const assignments& x) const { return under_way_.contains(fingerprint(x)); }

bool novelty::is_new(const assignments& x) const {
  auto print = fingerprint(x);
  return !under_way_.contains(print) && !observed_.contains(print);
}

assignments novelty::draw(const feasible_sampler& feasible, random_source& random) const {
  constexpr int tries = 32;
  constexpr std::size_t small = 100'000, most_visits = 20'000;
  assignments x;
  std::optional<assignments> idle;
  for (int i = 0; i < tries; ++i) {
    x = feasible.draw(random);
    if (is_new(x)) return x;
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
