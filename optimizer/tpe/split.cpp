#include "optimizer/tpe/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <queue>

#include "core/hypervolume.hpp"
#include "core/pareto.hpp"
#include "optimizer/grading.hpp"

namespace vilfredo {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_good = 25;
constexpr std::size_t most_volume_objectives = 3;
constexpr double margin = 1.1;        // of the reference point beyond the worst, when all are scaled to [0, 1]
constexpr double least_weight = 0.1;  // of a good observation that adds no volume

using points = std::vector<std::vector<double>>;

/// Every objective scaled to [0, 1] between the least and the greatest that any of them shows.
points scaled(const std::vector<const graded*>& those) {
  const auto m = those[0]->losses.size();
  points out(those.size(), std::vector<double>(m, 0.0));
  for (std::size_t j = 0; j < m; ++j) {
    double low = infinity, high = -infinity;
    for (const auto* g : those) {
      low = std::min(low, g->losses[j]);
      high = std::max(high, g->losses[j]);
    }
    for (std::size_t i = 0; high > low && i < those.size(); ++i)
      out[i][j] = (those[i]->losses[j] / 2 - low / 2) / (high / 2 - low / 2);
  }
  return out;
}

/// Indices of `wanted` points that together dominate much: again and again the one that adds most. What a point adds
/// only shrinks as others join, so a value from before is a bound, and few need be computed again.
std::vector<std::size_t> greatest_volume(const points& all, std::size_t wanted) {
  struct entry {
    double gain;
    std::size_t point, members;  // computed when there were so many members
    bool operator<(const entry& other) const {
      return gain != other.gain ? gain < other.gain : point > other.point;  // among equals the first
    }
  };
  const std::vector<double> reference(all[0].size(), margin);
  points members;
  double volume = 0;
  auto gain = [&](std::size_t i) {
    members.push_back(all[i]);
    const double whole = hypervolume(members, reference);
    members.pop_back();
    return whole - volume;
  };
  std::vector<entry> entries;
  for (std::size_t i = 0; i < all.size(); ++i) entries.push_back({gain(i), i, 0});
  std::priority_queue<entry> queue({}, std::move(entries));
  std::vector<std::size_t> chosen;
  while (chosen.size() < wanted) {
    const auto best = queue.top();
    queue.pop();
    if (best.members != members.size()) {
      queue.push({gain(best.point), best.point, members.size()});
      continue;
    }
    chosen.push_back(best.point);
    members.push_back(all[best.point]);
    volume += best.gain;
  }
  return chosen;
}

/// Indices of `wanted` points far from each other: first the nearest to the ideal corner, then again and again the one
/// farthest from those taken (Gonzalez 1985).
std::vector<std::size_t> widest_spread(const points& all, std::size_t wanted) {
  auto square = [](double x) { return x * x; };
  std::vector<double> distance(all.size(), infinity);
  std::size_t next = 0;
  auto sum = [&](std::size_t i) { return std::accumulate(all[i].begin(), all[i].end(), 0.0); };
  for (std::size_t i = 1; i < all.size(); ++i)
    if (sum(i) < sum(next)) next = i;
  std::vector<std::size_t> chosen;
  while (chosen.size() < wanted) {
    chosen.push_back(next);
    distance[next] = -1;
    for (std::size_t i = 0; i < all.size(); ++i) {
      double d = 0;
      for (std::size_t j = 0; j < all[i].size(); ++j) d += square(all[i][j] - all[chosen.back()][j]);
      distance[i] = std::min(distance[i], d);
    }
    next = static_cast<std::size_t>(std::ranges::max_element(distance) - distance.begin());
  }
  return chosen;
}

/// The best `wanted` of those that meet every threshold.
std::vector<const graded*> best_of(const std::vector<const graded*>& feasible, std::size_t wanted) {
  auto out = feasible;
  if (feasible.size() <= wanted) return out;
  if (feasible[0]->losses.size() == 1) {
    std::ranges::stable_sort(out, {}, [](const graded* g) { return g->losses[0]; });
    out.resize(wanted);
    return out;
  }
  points losses;
  for (const auto* g : feasible) losses.push_back(g->losses);
  const auto ranks = non_dominated_ranks(losses);
  out.clear();
  for (std::size_t rank = 0; out.size() < wanted; ++rank) {
    std::vector<const graded*> front;
    for (std::size_t i = 0; i < feasible.size(); ++i)
      if (ranks[i] == rank) front.push_back(feasible[i]);
    const auto room = wanted - out.size();
    if (front.size() <= room) {
      out.insert(out.end(), front.begin(), front.end());
      continue;
    }
    const auto where = scaled(front);
    const bool cheap = where[0].size() <= most_volume_objectives;
    for (auto i : cheap ? greatest_volume(where, room) : widest_spread(where, room)) out.push_back(front[i]);
  }
  return out;
}

std::vector<double> weights_of(const std::vector<const graded*>& good) {
  std::vector<double> out(good.size(), 1.0);
  if (good.size() < 2) return out;
  const auto m = good[0]->losses.size();
  if (m < 2 || m > most_volume_objectives) return out;
  const auto added = hypervolume_contributions(scaled(good), std::vector<double>(m, margin));
  const double most = *std::ranges::max_element(added);
  for (std::size_t i = 0; most > 0 && i < out.size(); ++i) out[i] = std::max(least_weight, added[i] / most);
  return out;
}

}  // namespace

tpe_split split_observations(const plan_job& job, double fraction) {
  const auto& d = *job.definition;
  std::vector<graded> usable;
  for (std::size_t at = 0; const auto& x : job.observations) {
    if (x.point.values.size() == job.space->size())
      if (auto g = grade(d, x, at)) usable.push_back(*std::move(g));
    ++at;
  }
  rank_violations(usable);

  std::vector<const graded*> feasible, others;
  for (const auto& g : usable) (g.violation == 0 ? feasible : others).push_back(&g);
  auto wanted = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(usable.size())));
  wanted = std::min({std::max<std::size_t>(wanted, 1), most_good, usable.size()});
  auto good = best_of(feasible, wanted);
  const auto weights = weights_of(good);
  tpe_split out;
  for (std::size_t i = 0; i < good.size(); ++i) out.good.push_back({&good[i]->what->point, weights[i]});
  std::ranges::stable_sort(others, {}, &graded::violation);
  for (std::size_t i = 0; out.good.size() < wanted; ++i) {
    good.push_back(others[i]);
    out.good.push_back({&others[i]->what->point, 1.0});
  }
  std::vector<const observation*> picked;
  for (const auto* g : good) picked.push_back(g->what);
  std::ranges::sort(picked);
  for (const auto& x : job.observations)
    if (x.point.values.size() == job.space->size() && !std::ranges::binary_search(picked, &x))
      out.bad.push_back({&x.point, 1.0});
  return out;
}

}  // namespace vilfredo
