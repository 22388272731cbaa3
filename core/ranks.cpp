#include "core/ranks.hpp"

#include <algorithm>
#include <utility>

#include "core/pareto.hpp"

namespace vilfredo {

namespace {

using indices = std::vector<std::size_t>;

struct rows {
  std::span<const double> all;
  std::size_t width;
  std::size_t size() const { return all.size() / width; }
  std::span<const double> operator[](std::size_t i) const { return all.subspan(i * width, width); }
};

/// In this order a point can only be dominated by an earlier one.
indices lexicographic(const rows& points) {
  // The first objectives stand beside the indices: they settle nearly every comparison.
  std::vector<std::pair<double, std::size_t>> keys;
  keys.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) keys.emplace_back(points[i][0], i);
  std::ranges::sort(keys, [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first
                              : std::ranges::lexicographical_compare(points[a.second], points[b.second]);
  });
  indices out;
  out.reserve(keys.size());
  for (const auto& key : keys) out.push_back(key.second);
  return out;
}

/// One objective: equal values share a front.
indices ranks_of_one(const rows& points, const indices& order) {
  indices rank(points.size(), 0);
  for (std::size_t k = 1; k < order.size(); ++k)
    rank[order[k]] = rank[order[k - 1]] + (points[order[k - 1]][0] < points[order[k]][0] ? 1 : 0);
  return rank;
}

/// Two objectives: in order of the first, a point's front is the first one whose last member does not dominate it.
/// Fronts' last members have falling seconds towards better fronts, so the search is binary.
indices ranks_of_two(const rows& points, const indices& order) {
  indices rank(points.size());
  std::vector<std::pair<double, double>> last;  // of each front: the member with the least second objective
  for (auto i : order) {
    const std::pair p(points[i][0], points[i][1]);
    const auto front =
        std::ranges::partition_point(last, [&](const auto& q) { return q.second <= p.second && q != p; });
    rank[i] = static_cast<std::size_t>(front - last.begin());
    if (front == last.end())
      last.push_back(p);
    else
      *front = p;
  }
  return rank;
}

indices ranks_of_many(const rows& points, const indices& order) {
  indices rank(points.size());
  std::vector<indices> fronts;
  for (auto i : order) {
    auto dominated_in = [&](const indices& front) {
      // The latest members are the likeliest to dominate.
      return std::any_of(front.rbegin(), front.rend(), [&](std::size_t j) { return dominates(points[j], points[i]); });
    };
    // Who is dominated in a front is dominated in all before it, so the search is binary (Zhang et al. 2015).
    auto front = std::ranges::partition_point(fronts, dominated_in);
    rank[i] = static_cast<std::size_t>(front - fronts.begin());
    if (front == fronts.end())
      fronts.push_back({i});
    else
      front->push_back(i);
  }
  return rank;
}

}  // namespace

std::vector<std::size_t> non_dominated_ranks(std::span<const double> points, std::size_t objectives) {
  if (points.empty()) return {};
  const rows all{points, objectives};
  const auto order = lexicographic(all);
  return objectives == 1   ? ranks_of_one(all, order)
         : objectives == 2 ? ranks_of_two(all, order)
                           : ranks_of_many(all, order);
}

}  // namespace vilfredo
