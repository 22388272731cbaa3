#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/events.hpp"
#include "core/ids.hpp"
#include "core/space.hpp"

namespace vilfredo {

/// Keeps the candidates of the last plans and says which one an asker gets.
///
/// Knows nothing of time or models: freshness is counted in observations missed, so the same facts always serve the
/// same candidate. Older plans are kept as a reserve: without it, one short patience would turn a model into random
/// search.
class serving {
public:
  struct choice {
    const assignments* point = nullptr;
    vilfredo::revision based_on = 0;
    std::uint64_t plan = 0;
    std::uint32_t candidate = 0;
    std::optional<task_index> task = {};
  };
  using excluded = std::function<bool(const assignments&)>;

  void made(const events::plan_made& plan);
  void taken(std::uint64_t plan, std::uint32_t candidate);

  /// The best candidate whose plan missed at most `staleness` observations; newest plan first. Valid until the next
  /// made or taken.
  std::optional<choice> fresh(vilfredo::revision now, std::size_t staleness, const excluded& skip) const;
  /// The best candidate of the newest plan that has one left, however old.
  std::optional<choice> stale(const excluded& skip) const;

  struct kept_plan {
    std::uint64_t number = 0;
    vilfredo::revision based_on = 0;
    bool timeless = false;
    std::vector<assignments> candidates;
    std::vector<bool> used;
    std::size_t left_from = 0;      ///< all before it are used
    std::vector<task_index> tasks;  ///< one a candidate, or empty
  };
  const std::vector<kept_plan>& plans() const { return plans_; }

  /// Plans that go stale are kept this many at a time.
  static constexpr std::size_t reserve = 3;

private:
  std::vector<kept_plan> plans_;  // oldest first
};

}  // namespace vilfredo
