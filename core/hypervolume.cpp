#include "core/hypervolume.hpp"

#include <algorithm>
#include <map>

#include "core/pareto.hpp"

namespace vilfredo {

namespace {

using points = std::vector<std::vector<double>>;

/// The points that dominate the reference, none of which dominates or equals another.
points useful(const points& all, std::span<const double> reference) {
  points inside;
  for (const auto& p : all)
    if (std::ranges::equal(p, reference, std::less<>{})) inside.push_back(p);
  std::ranges::sort(inside);
  inside.erase(std::unique(inside.begin(), inside.end()), inside.end());
  points front;
  if (!inside.empty() && inside[0].size() == 2) {
    for (auto& p : inside)
      if (front.empty() || p[1] < front.back()[1]) front.push_back(std::move(p));
    return front;
  }
  for (auto& p : inside)
    if (std::ranges::none_of(front, [&](const auto& q) { return dominates(q, p); })) front.push_back(std::move(p));
  return front;
}

double volume_of_two(const points& front, std::span<const double> reference) {
  double sum = 0, top = reference[1];
  for (const auto& p : front) {
    sum += (reference[0] - p[0]) * (top - p[1]);
    top = p[1];
  }
  return sum;
}

/// Sweeps along the third objective and keeps the area that the points so far dominate in the first two.
double volume_of_three(points front, std::span<const double> reference) {
  std::ranges::sort(front, {}, [](const auto& p) { return p[2]; });
  std::map<double, double> stairs;  // first objective to second; ascending first, descending second
  double sum = 0, area = 0, depth = 0;
  for (const auto& p : front) {
    sum += area * (p[2] - depth);
    depth = p[2];
    auto next = stairs.lower_bound(p[0]);
    double top = next == stairs.begin() ? reference[1] : std::prev(next)->second;
    if (top <= p[1] || (next != stairs.end() && next->first == p[0] && next->second <= p[1])) continue;
    // The new step covers, column by column, what lies between it and the stairs that it replaces.
    double left = p[0];
    while (next != stairs.end() && next->second >= p[1]) {
      area += (next->first - left) * (top - p[1]);
      left = next->first;
      top = next->second;
      next = stairs.erase(next);
    }
    double right = next == stairs.end() ? reference[0] : next->first;
    area += (right - left) * (top - p[1]);
    stairs.emplace(p[0], p[1]);
  }
  return sum + area * (reference[2] - depth);
}

double volume(points front, std::span<const double> reference);

/// WFG: each point's own part is its box less what the boxes of the points after it cover of that box.
double volume_by_parts(points front, std::span<const double> reference) {
  // Worst last objective first: the points that remain then limit the others most.
  std::ranges::sort(front, std::greater<>{}, [](const auto& p) { return p.back(); });
  double sum = 0;
  for (std::size_t i = 0; i < front.size(); ++i) {
    const auto& p = front[i];
    double box = 1;
    for (std::size_t k = 0; k < p.size(); ++k) box *= reference[k] - p[k];
    points limited;
    for (std::size_t j = i + 1; j < front.size(); ++j) {
      auto q = front[j];
      for (std::size_t k = 0; k < q.size(); ++k) q[k] = std::max(q[k], p[k]);
      limited.push_back(std::move(q));
    }
    sum += box - volume(useful(limited, reference), reference);
  }
  return sum;
}

double volume(points front, std::span<const double> reference) {
  if (front.empty()) return 0;
  switch (reference.size()) {
  case 0: return 0;
  case 1: return reference[0] - front.front()[0];
  case 2: return volume_of_two(front, reference);
  case 3: return volume_of_three(std::move(front), reference);
  default: return volume_by_parts(std::move(front), reference);
  }
}

}  // namespace

double hypervolume(const std::vector<std::vector<double>>& all, std::span<const double> reference) {
  return volume(useful(all, reference), reference);
}

std::vector<double> hypervolume_contributions(const std::vector<std::vector<double>>& all,
                                              std::span<const double> reference) {
  std::vector<double> out(all.size(), 0.0);
  const auto front = useful(all, reference);
  const double whole = volume(front, reference);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::ranges::find(front, all[i]) == front.end() || std::ranges::count(all, all[i]) > 1) continue;
    // Not of the front alone: without this point, others that it dominates may come to the fore.
    auto rest = all;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    out[i] = std::max(0.0, whole - hypervolume(rest, reference));
  }
  return out;
}

}  // namespace vilfredo
