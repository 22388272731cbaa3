#include "optimizer/stopping/front.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/pareto.hpp"

namespace vilfredo::stopping {

bool front::dominates(std::span<const double> losses) const {
  auto over = [&](const std::vector<double>& m) { return vilfredo::dominates(m, losses); };
  if (losses.size() > 2) return std::ranges::any_of(members_, over);
  // Along a front of two losses the second falls as the first rises: the last one whose first is not above is best.
  const auto after = std::ranges::partition_point(members_, [&](const auto& m) { return m[0] <= losses[0]; });
  return after != members_.begin() && over(*std::prev(after));
}

void front::insert(std::vector<double> losses) {
  if (dominates(losses)) return;
  auto under = [&](const std::vector<double>& m) { return vilfredo::dominates(losses, m); };
  auto at = std::ranges::lower_bound(members_, losses);
  if (at != members_.end() && *at == losses) return;
  if (losses.size() > 2) {
    std::erase_if(members_, under);
    at = std::ranges::lower_bound(members_, losses);
  } else {
    // Whom it dominates stand behind it, side by side.
    at = members_.erase(at, std::find_if_not(at, members_.end(), under));
  }
  members_.insert(at, std::move(losses));
}

}  // namespace vilfredo::stopping
