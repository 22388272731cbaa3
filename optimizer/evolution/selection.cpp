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
using points = std::vector<std::vector<double>>;

/// Points, their coordinates one after another: a population is sorted anew for each observation that comes in, and a
/// vector a point would cost more than the sorting.
struct flat_points {
  std::vector<double> all;
  std::size_t count = 0, objectives = 0;

  void add(std::span<const double> point) {
    for (double v : point) all.push_back(v);
    objectives = point.size();
    ++count;
  }
  double operator()(std::size_t point, std::size_t objective) const { return all[point * objectives + objective]; }
};

/// A front in which each point knows its neighbours along each objective, so that one that leaves costs little.
class crowd {
public:
  explicit crowd(const flat_points& front) : front_(&front), distances_(front.count, 0), links_(front.all.size()) {
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

  const flat_points* front_;
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
std::vector<std::size_t> loneliest(const flat_points& front, std::size_t wanted) {
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

/// The objectives of all, from 0 at the best of each to 1 at the worst of the first front. Deb & Jain's intercepts of
/// the plane through extreme points come to their own only when these are found: with hundreds of trials they left two
/// to four times as much of DTLZ1's front missing.
flat_points normalized(const flat_points& all, const flat_points& first_front) {
  const auto m = all.objectives;
  flat_points out{std::vector<double>(all.all.size(), 0.0), all.count, m};
  for (std::size_t j = 0; j < m; ++j) {
    double low = infinity, high = -infinity;
    for (std::size_t i = 0; i < all.count; ++i) low = std::min(low, all(i, j));
    for (std::size_t i = 0; i < first_front.count; ++i) high = std::max(high, first_front(i, j));
    const double range = high / 2 - low / 2;  // halves: the whole may be beyond a double
    for (std::size_t i = 0; range > 0 && i < all.count; ++i) out.all[i * m + j] = (all(i, j) / 2 - low / 2) / range;
  }
  return out;
}

void compositions(std::size_t parts, std::size_t total, std::size_t of, std::vector<double>& begun, flat_points& out) {
  if (parts == 1) {
    begun.push_back(static_cast<double>(total) / static_cast<double>(of));
    out.add(begun);
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

flat_points directions_of(std::size_t objectives, std::size_t most) {
  std::size_t divisions = 1;
  while (objectives > 1 && composition_count(objectives, divisions + 1) <= static_cast<double>(most)) ++divisions;
  flat_points out;
  std::vector<double> begun;
  compositions(objectives, divisions, divisions, begun, out);
  return out;
}

struct niche {
  std::size_t direction = 0;
  double distance = infinity;
};

/// Directions to measure from: w, one after another, and 1 / |w|².
class rays {
public:
  explicit rays(flat_points directions) : all_(std::move(directions)) {
    const auto m = all_.objectives;
    for (const double* w = all_.all.data(); inverse_squares_.size() < all_.count; w += m)
      inverse_squares_.push_back(1 / std::inner_product(w, w + m, w, 0.0));
  }
  std::size_t size() const { return all_.count; }
  /// The direction that passes a point nearest, and how near (squared): |p|² − (p·w)² / |w|².
  niche nearest(const double* p) const {
    const auto m = all_.objectives;
    const double length = std::inner_product(p, p + m, p, 0.0);
    niche out;
    const double* w = all_.all.data();
    for (std::size_t r = 0; r < all_.count; ++r, w += m) {
      const double along = std::inner_product(p, p + m, w, 0.0);
      const double square = length - along * along * inverse_squares_[r];
      if (square < out.distance) out = {r, square};
    }
    return out;
  }

private:
  flat_points all_;
  std::vector<double> inverse_squares_;
};

/// Of the last front, those in the directions that the `kept` points before it serve least, nearest first.
std::vector<std::size_t> by_directions(const flat_points& all, std::size_t kept, const flat_points& first_front,
                                       std::size_t wanted) {
  const rays directions(directions_of(all.objectives, kept + wanted));
  const auto where = normalized(all, first_front);
  std::vector<std::size_t> served(directions.size(), 0), out, left;
  std::vector<niche> niches;
  for (std::size_t i = 0; i < all.count; ++i) {
    niches.push_back(directions.nearest(&where.all[i * all.objectives]));
    if (i < kept)
      ++served[niches[i].direction];
    else
      left.push_back(i);
  }
  while (out.size() < wanted) {
    const auto best = std::ranges::min_element(
        left, {}, [&](std::size_t i) { return std::pair(served[niches[i].direction], niches[i].distance); });
    ++served[niches[*best].direction];
    out.push_back(*best - kept);
    left.erase(best);
  }
  return out;
}

}  // namespace

std::vector<double> crowding_distances(const points& front) {
  if (front.empty()) return {};
  flat_points losses;
  for (const auto& p : front) losses.add(p);
  return crowd(losses).distances();
}

std::vector<std::vector<double>> reference_directions(std::size_t objectives, std::size_t most) {
  const auto all = directions_of(objectives, most);
  points out;
  for (std::size_t i = 0; i < all.count; ++i) {
    auto& w = out.emplace_back();
    for (std::size_t j = 0; j < all.objectives; ++j) w.push_back(all(i, j));
  }
  return out;
}

std::vector<std::size_t> survivors(const std::vector<graded>& all, std::size_t wanted, std::size_t* last_front,
                                   std::size_t most_crowded) {
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
    if (end - begin <= room || all[order[begin]].losses.size() <= most_crowded) {
      flat_points front;
      front.all.reserve((end - begin) * all[order[begin]].losses.size());
      for (auto k = begin; k < end; ++k) front.add(all[order[k]].losses);
      chosen = loneliest(front, room);
    } else {
      flat_points kept_and_last, first;
      for (auto k : out) kept_and_last.add(all[k].losses);
      for (auto k = begin; k < end; ++k) kept_and_last.add(all[order[k]].losses);
      for (std::size_t k = 0; k < order.size() && place[order[k]] == place[order[0]]; ++k)
        first.add(all[order[k]].losses);
      chosen = by_directions(kept_and_last, out.size(), first, room);
    }
    for (auto k : chosen) out.push_back(order[begin + k]);
  }
  return out;
}

}  // namespace vilfredo
