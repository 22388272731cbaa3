#include "core/pareto.hpp"

#include <algorithm>
#include <numeric>

namespace vilfredo {

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

namespace {

/// Two objectives: in order of the first, a point's front is the first one whose last member does not dominate it.
/// Fronts' last members have falling seconds towards better fronts, so the search is binary.
std::vector<std::size_t> ranks_of_two(const std::vector<std::vector<double>>& points,
                                      const std::vector<std::size_t>& order) {
  std::vector<std::size_t> rank(points.size());
  std::vector<const std::vector<double>*> last;  // of each front: the member with the least second objective
  for (auto i : order) {
    const auto& p = points[i];
    auto front = std::partition_point(last.begin(), last.end(), [&](const auto* q) { return dominates(*q, p); });
    rank[i] = static_cast<std::size_t>(front - last.begin());
    if (front == last.end())
      last.push_back(&p);
    else
      *front = &p;
  }
  return rank;
}

/// One objective: equal values share a front.
std::vector<std::size_t> ranks_of_one(const std::vector<std::vector<double>>& points,
                                      const std::vector<std::size_t>& order) {
  std::vector<std::size_t> rank(points.size(), 0);
  for (std::size_t k = 1; k < order.size(); ++k)
    rank[order[k]] = rank[order[k - 1]] + (points[order[k - 1]][0] < points[order[k]][0] ? 1 : 0);
  return rank;
}

}  // namespace

std::vector<std::size_t> non_dominated_ranks(const std::vector<std::vector<double>>& points) {
  if (!points.empty() && points[0].empty()) return std::vector<std::size_t>(points.size(), 0);
  // In lexicographic order a point can only be dominated by an earlier one.
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  if (!points.empty() && points[0].size() == 1) return ranks_of_one(points, order);
  if (!points.empty() && points[0].size() == 2) return ranks_of_two(points, order);
  std::vector<std::size_t> rank(points.size());
  std::vector<std::vector<std::size_t>> fronts;
  for (auto i : order) {
    auto dominated_in = [&](const std::vector<std::size_t>& front) {
      // The latest members are the likeliest to dominate.
      return std::any_of(front.rbegin(), front.rend(), [&](std::size_t j) { return dominates(points[j], points[i]); });
    };
    // Who is dominated in a front is dominated in all before it, so the search is binary (Zhang et al. 2015).
    auto front = std::partition_point(fronts.begin(), fronts.end(), dominated_in);
    rank[i] = static_cast<std::size_t>(front - fronts.begin());
    if (front == fronts.end())
      fronts.push_back({i});
    else
      front->push_back(i);
  }
  return rank;
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
