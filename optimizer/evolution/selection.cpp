#include "optimizer/evolution/selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

namespace vilfredo {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_crowding_objectives = 3;
using points = std::vector<std::vector<double>>;

/// The losses of a front, one after another: it is made anew for each observation that comes in, and a vector a point
/// would cost more than the sorting.
struct front_losses {
  std::vector<double> all;
  std::size_t count = 0, objectives = 0;

  void add(std::span<const double> losses) {
    for (double v : losses) all.push_back(v);
    objectives = losses.size();
    ++count;
  }
  double operator()(std::size_t point, std::size_t objective) const { return all[point * objectives + objective]; }
};

/// A front in which each point knows its neighbours along each objective, so that one that leaves costs little.
class crowd {
public:
  explicit crowd(const front_losses& front) : front_(&front), distances_(front.count, 0), links_(front.all.size()) {
    const auto n = front.count;
    std::vector<std::pair<double, std::size_t>> order(n);
    for (std::size_t j = 0; j < front.objectives; ++j) {
      for (std::size_t k = 0; k < n; ++k) order[k] = {front(k, j), k};
      std::ranges::sort(order);
      for (std::size_t k = 0; k < n; ++k)
        link(order[k].second, j) = {k > 0 ? order[k - 1].second : none, k + 1 < n ? order[k + 1].second : none};
      const double range = order.back().first / 2 - order.front().first / 2;
      ranges_.push_back(range);
      distances_[order.front().second] = distances_[order.back().second] = infinity;
      for (std::size_t k = 1; range > 0 && k + 1 < n; ++k)
        distances_[order[k].second] += (order[k + 1].first / 2 - order[k - 1].first / 2) / range;
    }
  }
  double distance(std::size_t i) const { return distances_[i]; }
  std::vector<double> distances() && { return std::move(distances_); }

  void remove(std::size_t i) {
    for (std::size_t j = 0; j < ranges_.size(); ++j) {
      const auto [before, after] = link(i, j);
      if (before != none) link(before, j).after = after;
      if (after != none) link(after, j).before = before;
    }
    for (std::size_t j = 0; j < ranges_.size(); ++j) {
      const auto [before, after] = link(i, j);
      if (before != none) distances_[before] = gap(before);
      if (after != none) distances_[after] = gap(after);
    }
  }

private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct neighbours {
    std::size_t before = none, after = none;
  };
  neighbours& link(std::size_t point, std::size_t objective) { return links_[point * front_->objectives + objective]; }

  double gap(std::size_t i) {
    double sum = 0;
    for (std::size_t j = 0; j < ranges_.size(); ++j) {
      const auto [before, after] = link(i, j);
      if (before == none || after == none) return infinity;
      if (ranges_[j] > 0) sum += ((*front_)(after, j) / 2 - (*front_)(before, j) / 2) / ranges_[j];
    }
    return sum;
  }

  const front_losses* front_;
  std::vector<double> distances_, ranges_;
  std::vector<neighbours> links_;
};

/// Indices by place, the first first where several share one. There are no more places than indices.
std::vector<std::size_t> in_order(const std::vector<std::size_t>& place) {
  std::vector<std::size_t> begin(place.size() + 1, 0), out(place.size());
  for (auto p : place) ++begin[p + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  for (std::size_t k = 0; k < place.size(); ++k) out[begin[place[k]]++] = k;
  return out;
}

/// Takes the most crowded point out of the front until `wanted` are left; indices into it, the loneliest first.
std::vector<std::size_t> loneliest(const front_losses& front, std::size_t wanted) {
  std::vector<std::size_t> left(front.count);
  std::iota(left.begin(), left.end(), std::size_t{0});
  if (left.size() <= 2 && left.size() <= wanted) return left;  // both are ends
  crowd c(front);
  auto distance = [&](std::size_t k) { return c.distance(k); };
  while (left.size() > wanted) {
    const auto worst = std::ranges::min_element(left, {}, distance);
    c.remove(*worst);
    left.erase(worst);
  }
  std::ranges::sort(left, {}, [&](std::size_t k) { return std::pair(-c.distance(k), k); });
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
  if (front.empty()) return {};
  front_losses losses;
  for (const auto& p : front) losses.add(p);
  return crowd(losses).distances();
}

std::vector<std::vector<double>> reference_directions(std::size_t objectives, std::size_t most) {
  std::size_t divisions = 1;
  while (objectives > 1 && composition_count(objectives, divisions + 1) <= static_cast<double>(most)) ++divisions;
  points out;
  std::vector<double> begun;
  compositions(objectives, divisions, divisions, begun, out);
  return out;
}

std::vector<std::size_t> survivors(const std::vector<graded>& all, std::size_t wanted, std::size_t* last_front) {
  const auto place = places(all);
  const auto order = in_order(place);
  std::vector<std::size_t> out;
  out.reserve(std::min(wanted, all.size()));
  for (std::size_t begin = 0, end = 0; begin < order.size() && out.size() < wanted; begin = end) {
    while (end < order.size() && place[order[end]] == place[order[begin]]) ++end;
    const auto room = wanted - out.size();
    if (last_front) *last_front = out.size();
    if (all[order[begin]].violation > 0 || end - begin == 1) {
      for (auto k = begin; k < end && out.size() < wanted; ++k) out.push_back(order[k]);
      continue;
    }
    std::vector<std::size_t> chosen;
    if (end - begin <= room || all[order[begin]].losses.size() <= most_crowding_objectives) {
      front_losses front;
      front.all.reserve((end - begin) * all[order[begin]].losses.size());
      for (auto k = begin; k < end; ++k) front.add(all[order[k]].losses);
      chosen = loneliest(front, room);
    } else {
      points kept, first, front;
      auto losses = [&](std::size_t k) { return std::vector(all[k].losses.begin(), all[k].losses.end()); };
      for (auto k : out) kept.push_back(losses(k));
      for (auto k = begin; k < end; ++k) front.push_back(losses(order[k]));
      for (std::size_t k = 0; k < order.size() && place[order[k]] == place[order[0]]; ++k)
        first.push_back(losses(order[k]));
      chosen = by_directions(kept, front, first, room);
    }
    for (auto k : chosen) out.push_back(order[begin + k]);
  }
  return out;
}

}  // namespace vilfredo
