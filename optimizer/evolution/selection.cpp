#include "optimizer/evolution/selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vilfredo {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_crowding_objectives = 3;
using points = std::vector<std::vector<double>>;

/// Indices in order of one objective; among equals the first.
std::vector<std::size_t> along(const points& front, std::size_t j) {
  std::vector<std::size_t> order(front.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return front[k][j]; });
  return order;
}

/// A front in which each point knows its neighbours along each objective, so that one that leaves costs little.
class crowd {
public:
  explicit crowd(const points& front) : front_(&front), distances_(crowding_distances(front)) {
    const auto n = front.size(), m = front[0].size();
    before_.assign(m, std::vector<std::size_t>(n, none));
    after_ = before_;
    for (std::size_t j = 0; j < m; ++j) {
      const auto order = along(front, j);
      for (std::size_t k = 1; k < n; ++k) {
        before_[j][order[k]] = order[k - 1];
        after_[j][order[k - 1]] = order[k];
      }
      ranges_.push_back(front[order.back()][j] / 2 - front[order.front()][j] / 2);
    }
  }
  double distance(std::size_t i) const { return distances_[i]; }

  void remove(std::size_t i) {
    for (std::size_t j = 0; j < ranges_.size(); ++j) {
      const auto b = before_[j][i], a = after_[j][i];
      if (b != none) after_[j][b] = a;
      if (a != none) before_[j][a] = b;
    }
    for (std::size_t j = 0; j < ranges_.size(); ++j)
      for (auto k : {before_[j][i], after_[j][i]})
        if (k != none) distances_[k] = gap(k);
  }

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  double gap(std::size_t i) const {
    double sum = 0;
    for (std::size_t j = 0; j < ranges_.size(); ++j) {
      if (before_[j][i] == none || after_[j][i] == none) return infinity;
      if (ranges_[j] > 0) sum += ((*front_)[after_[j][i]][j] / 2 - (*front_)[before_[j][i]][j] / 2) / ranges_[j];
    }
    return sum;
  }

  const points* front_;
  std::vector<double> distances_, ranges_;
  std::vector<std::vector<std::size_t>> before_, after_;  // by objective
};

/// Takes the most crowded point out of the front until `wanted` are left; indices into it, the loneliest first.
std::vector<std::size_t> loneliest(const points& front, std::size_t wanted) {
  std::vector<std::size_t> left(front.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  crowd c(front);
  auto distance = [&](std::size_t k) { return c.distance(k); };
  while (left.size() > wanted) {
    const auto worst = std::ranges::min_element(left, {}, distance);
    c.remove(*worst);
    left.erase(worst);
  }
  std::ranges::stable_sort(left, std::greater<>{}, distance);
  return left;
}

/// The objectives of all, from 0 at the best of each to 1 at the worst of the first front.
points normalized(const points& all, const points& first_front) {
  const auto m = all[0].size();
  points out(all.size(), std::vector<double>(m, 0.0));
  for (std::size_t j = 0; j < m; ++j) {
    double low = infinity, high = -infinity;
    for (const auto& p : all) low = std::min(low, p[j]);
    for (const auto& p : first_front) high = std::max(high, p[j]);
    const double range = high / 2 - low / 2;  // halves: the whole may be beyond a double
    for (std::size_t i = 0; range > 0 && i < all.size(); ++i) out[i][j] = (all[i][j] / 2 - low / 2) / range;
  }
  return out;
}

struct niche {
  std::size_t direction = 0;
  double distance = infinity;
};

/// The direction that passes a point nearest, and how near.
niche nearest(const std::vector<double>& p, const points& directions) {
  niche out;
  for (std::size_t r = 0; r < directions.size(); ++r) {
    const auto& w = directions[r];
    const double along =
        std::inner_product(p.begin(), p.end(), w.begin(), 0.0) / std::inner_product(w.begin(), w.end(), w.begin(), 0.0);
    double square = 0;
    for (std::size_t j = 0; j < p.size(); ++j) square += (p[j] - along * w[j]) * (p[j] - along * w[j]);
    if (square < out.distance) out = {r, square};
  }
  return out;
}

/// Of the last front, those in the directions that the kept points serve least, nearest first.
std::vector<std::size_t> by_directions(const points& kept, const points& last, const points& first_front,
                                       std::size_t wanted) {
  const auto directions = reference_directions(last[0].size(), kept.size() + wanted);
  auto all = kept;
  all.insert(all.end(), last.begin(), last.end());
  const auto where = normalized(all, first_front);
  std::vector<std::size_t> served(directions.size(), 0);
  std::vector<niche> niches;
  for (const auto& p : where) niches.push_back(nearest(p, directions));
  for (std::size_t i = 0; i < kept.size(); ++i) ++served[niches[i].direction];
  std::vector<std::size_t> out;
  std::vector<bool> taken(last.size(), false);
  while (out.size() < wanted) {
    std::size_t best = last.size();
    for (std::size_t i = 0; i < last.size(); ++i) {
      if (taken[i]) continue;
      if (best == last.size()) {
        best = i;
        continue;
      }
      const auto &a = niches[kept.size() + i], &b = niches[kept.size() + best];
      const auto sa = served[a.direction], sb = served[b.direction];
      if (sa < sb || (sa == sb && a.distance < b.distance)) best = i;
    }
    taken[best] = true;
    ++served[niches[kept.size() + best].direction];
    out.push_back(best);
  }
  return out;
}

void compositions(std::size_t parts, std::size_t total, std::size_t of, std::vector<double>& begun, points& out) {
  if (parts == 1) {
    begun.push_back(static_cast<double>(total) / static_cast<double>(of));
    out.push_back(begun);
    begun.pop_back();
    return;
  }
  for (std::size_t k = 0; k <= total; ++k) {
    begun.push_back(static_cast<double>(k) / static_cast<double>(of));
    compositions(parts - 1, total - k, of, begun, out);
    begun.pop_back();
  }
}

/// How many vectors of `parts` whole numbers sum to `total`.
double composition_count(std::size_t parts, std::size_t total) {
  double out = 1;
  for (std::size_t k = 1; k < parts; ++k) out *= static_cast<double>(total + k) / static_cast<double>(k);
  return out;
}

}  // namespace

std::vector<double> crowding_distances(const points& front) {
  std::vector<double> out(front.size(), 0);
  if (front.empty()) return out;
  for (std::size_t j = 0; j < front[0].size(); ++j) {
    const auto order = along(front, j);
    const double range = front[order.back()][j] / 2 - front[order.front()][j] / 2;
    out[order.front()] = out[order.back()] = infinity;
    for (std::size_t k = 1; range > 0 && k + 1 < order.size(); ++k)
      out[order[k]] += (front[order[k + 1]][j] / 2 - front[order[k - 1]][j] / 2) / range;
  }
  return out;
}

std::vector<std::vector<double>> reference_directions(std::size_t objectives, std::size_t most) {
  std::size_t divisions = 1;
  while (objectives > 1 && composition_count(objectives, divisions + 1) <= static_cast<double>(most)) ++divisions;
  points out;
  std::vector<double> begun;
  compositions(objectives, divisions, divisions, begun, out);
  return out;
}

std::vector<std::size_t> survivors(const std::vector<graded>& all, std::size_t wanted) {
  const auto place = places(all);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return place[k]; });
  std::vector<std::size_t> out;
  for (std::size_t begin = 0, end = 0; begin < order.size() && out.size() < wanted; begin = end) {
    while (end < order.size() && place[order[end]] == place[order[begin]]) ++end;
    const auto room = wanted - out.size();
    if (all[order[begin]].violation > 0) {
      for (auto k = begin; k < end && out.size() < wanted; ++k) out.push_back(order[k]);
      continue;
    }
    points front;
    for (auto k = begin; k < end; ++k) front.push_back(all[order[k]].losses);
    std::vector<std::size_t> chosen;
    if (end - begin <= room || front[0].size() <= most_crowding_objectives) {
      chosen = loneliest(front, room);
    } else {
      points kept, first;
      for (auto k : out) kept.push_back(all[k].losses);
      for (std::size_t k = 0; k < order.size() && place[order[k]] == place[order[0]]; ++k)
        first.push_back(all[order[k]].losses);
      chosen = by_directions(kept, front, first, room);
    }
    for (auto k : chosen) out.push_back(order[begin + k]);
  }
  return out;
}

}  // namespace vilfredo
