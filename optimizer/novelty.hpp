#pragma once
#include <cstdint>
#include <functional>
#include <unordered_set>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// Which configurations need not be tried again: what a job says is observed or pending, and what its plan has chosen.
class novelty {
public:
  /// `job` must outlive it.
  explicit novelty(const plan_job& job);

  /// What only a cheaper task was tried with is new.
  bool is_new(const assignments& x) const;
  /// The same for a configuration that was just drawn at random: where a number could be anything between its bounds it
  /// is not looked for among the observed ones, and where all happen to be at bounds only among the newest; to look
  /// through all of them takes a while when they are many.
  bool is_new_draw(const assignments& x) const;
  /// Pending, or chosen for this plan: a repeat of it would be tried at the same time.
  bool is_under_way(const assignments& x) const;
  void take(const assignments& x) { under_way_.insert(fingerprint(x)); }

  /// What `make` makes, until it is new, a few times at most; else a random one, as below. Takes it.
  assignments choose(const std::function<assignments()>& make, const feasible_sampler& feasible, random_source& random);

  /// A random feasible configuration: a new one while there are some, else one that is not under way, else any. Small
  /// finite spaces are looked through, so that what little is left is found.
  assignments draw(const feasible_sampler& feasible, random_source& random) const;

private:
  const std::unordered_set<std::uint64_t>& observed() const;
  const std::unordered_set<std::uint64_t>& observed_lately() const;
  bool is_new_draw(const assignments& x, std::uint64_t print) const;

  const space* domain_;
  const history* observations_;
  std::unordered_set<std::uint64_t> under_way_;
  mutable std::unordered_set<std::uint64_t> observed_, observed_lately_;  // filled when first needed
};

}  // namespace vilfredo
