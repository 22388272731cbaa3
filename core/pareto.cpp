#include "core/pareto.hpp"

#include <algorithm>

#include "core/ranks.hpp"

namespace vilfredo {

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

std::vector<std::size_t> non_dominated_ranks(const std::vector<std::vector<double>>& points) {
  if (!points.empty() && points[0].empty()) return std::vector<std::size_t>(points.size(), 0);
  std::vector<double> all;
  for (const auto& p : points) all.insert(all.end(), p.begin(), p.end());
  return non_dominated_ranks(all, points.empty() ? 1 : points[0].size());
}

bool pareto_front::insert(std::uint64_t key, std::vector<double> values) {
  // With one objective all members are equal, and one comparison says it for all.
  if (values.size() == 1 && !members_.empty()) {
    if (values > members_.front().values) return false;
    if (values < members_.front().values) members_.clear();
    members_.push_back({key, std::move(values)});
    return true;
  }
  if (!values.empty()) {  // without objectives nothing is better than anything
    for (const auto& m : members_)
      if (dominates(m.values, values)) return false;
    std::erase_if(members_, [&](const member& m) { return dominates(values, m.values); });
  }
  members_.push_back({key, std::move(values)});
  return true;
}

}  // namespace vilfredo
