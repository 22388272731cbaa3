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

namespace {
/// How one point stands to another: somewhere better, somewhere worse. Without a branch for each objective, for most
/// members of a front are better here and worse there, and which comes first nobody foretells.
struct standing {
  bool better = false, worse = false;
};
standing stand(std::span<const double> a, std::span<const double> b) {
  standing out;
  auto look = [&](std::size_t i) {
    out.better |= a[i] < b[i];
    out.worse |= a[i] > b[i];
  };
  if (a.size() == 3)  // common, and long fronts; the compiler has no loop to keep then
    look(0), look(1), look(2);
  else
    for (std::size_t i = 0; i < a.size(); ++i) look(i);
  return out;
}
}  // namespace

bool pareto_front::insert(std::uint64_t key, std::vector<double> values) {
  // With one objective all members are equal, and one comparison says it for all.
  if (values.size() == 1 && !members_.empty()) {
    if (values > members_.front().values) return false;
    if (values < members_.front().values) members_.clear();
    members_.push_back({key, std::move(values)});
    return true;
  }
  if (!values.empty()) {  // without objectives nothing is better than anything
    auto at = members_.begin();
    for (; at != members_.end(); ++at) {
      const auto how = stand(at->values, values);
      if (how.better && !how.worse) return false;
      if (how.worse && !how.better) break;
    }
    // What dominates one of the front is itself dominated by none, so from here on only those that leave are looked
    // for.
    members_.erase(std::remove_if(at, members_.end(), [&](const member& m) { return dominates(values, m.values); }),
                   members_.end());
  }
  members_.push_back({key, std::move(values)});
  return true;
}

}  // namespace vilfredo
