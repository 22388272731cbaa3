#include "core/hypervolume.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "core/pareto.hpp"

// Notation: m objectives, all minimized; n points p [m]; r the reference [m]. Three objectives: Beume, Fonseca,
// López-Ibáñez, Paquete & Vahrenhold 2009, "On the complexity of computing the hypervolume indicator": z along the
// third, the area that the points up to z dominate kept as stairs. More: While, Bradstreet & Barone 2012, "A fast way
// of calculating exact hypervolumes": V(P) = Σ_i (Π_k (r_k − p_ik) − V({max(p_j, p_i) : j > i})).

namespace vilfredo {

namespace {

using points = std::vector<std::vector<double>>;

/// The points that dominate the reference, none of which equals another, nor dominates one: but of three objectives,
/// where the sweep passes over those at no cost, and to look for them would take the square of its time.
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
  if (!inside.empty() && inside[0].size() == 3) return inside;
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

using step = std::pair<double, double>;

/// The area that only `p` adds to the steps, which stand in order of the first objective.
double gain_of_two(const step& p, const std::vector<step>& others, std::span<const double> reference) {
  double left = p.first, top = reference[1], sum = 0;
  for (const auto& o : others) {
    if (o.first > left && (top <= p.second || o.first >= reference[0])) break;
    if (o.second >= top) continue;
    sum += std::max(0.0, o.first - left) * (top - p.second);
    left = std::max(left, o.first);
    top = o.second;
  }
  return top > p.second ? sum + (reference[0] - left) * (top - p.second) : sum;
}

/// The same area in each layer between the third objectives of those that are not behind it.
double gain_of_three(std::span<const double> p, std::vector<std::span<const double>> others,
                     std::span<const double> reference) {
  std::ranges::sort(others, {}, [](const auto& o) { return o[2]; });
  std::vector<step> before;
  before.reserve(others.size());
  auto area = [&] { return gain_of_two({p[0], p[1]}, before, reference); };
  double depth = p[2], sum = 0;
  for (const auto& o : others) {
    if (o[2] >= reference[2]) break;
    if (o[2] > depth) {
      const double here = area();
      if (here <= 0) return sum;
      sum += here * (o[2] - depth);
      depth = o[2];
    }
    const step next(o[0], o[1]);
    before.insert(std::ranges::lower_bound(before, next), next);
  }
  return sum + area() * (reference[2] - depth);
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

double hypervolume_gain(std::span<const double> point, const std::vector<std::span<const double>>& others,
                        std::span<const double> reference) {
  if (!std::ranges::equal(point, reference, std::less<>{})) return 0;
  if (point.size() == 2) {
    std::vector<step> steps;
    for (const auto& o : others) steps.emplace_back(o[0], o[1]);
    std::ranges::sort(steps);
    return gain_of_two({point[0], point[1]}, steps, reference);
  }
  if (point.size() == 3) return gain_of_three(point, others, reference);
  // Its box, less what the others dominate of it.
  double box = 1;
  for (std::size_t k = 0; k < point.size(); ++k) box *= reference[k] - point[k];
  points limited;
  for (const auto& o : others) {
    auto& q = limited.emplace_back(o.begin(), o.end());
    for (std::size_t k = 0; k < q.size(); ++k) q[k] = std::max(q[k], point[k]);
  }
  return std::max(0.0, box - hypervolume(limited, reference));
}

std::vector<double> hypervolume_contributions(const std::vector<std::vector<double>>& all,
                                              std::span<const double> reference) {
  std::vector<double> out;
  std::vector<std::span<const double>> others(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::swap(others[i], others.back());
    others.pop_back();
    out.push_back(hypervolume_gain(all[i], others, reference));
    others.emplace_back(all[i]);
    std::swap(others[i], others.back());
  }
  return out;
}

}  // namespace vilfredo
