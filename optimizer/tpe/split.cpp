#include "optimizer/tpe/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <queue>
#include <span>
#include <utility>

#include "core/hypervolume.hpp"
#include "core/ranks.hpp"
#include "optimizer/evolution/selection.hpp"
#include "optimizer/grading.hpp"
#include "optimizer/keep.hpp"

namespace vilfredo {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_good = 25;
constexpr std::size_t most_kept = 100;  // must hold the good ones of the next split, too
constexpr std::size_t at_a_time = 200;  // new observations that are compared at once
constexpr std::size_t newest_bad = 64, older_bad = 64;
constexpr std::string_view mark = "tpe1";
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
  std::vector<std::span<const double>> members;
  auto gain = [&](std::size_t i) { return hypervolume_gain(all[i], members, reference); };
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
    members.emplace_back(all[best.point]);
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
  if (feasible[0]->losses.empty()) return {feasible.end() - static_cast<std::ptrdiff_t>(wanted), feasible.end()};
  if (feasible[0]->losses.size() == 1) {
    std::ranges::stable_sort(out, {}, [](const graded* g) { return g->losses[0]; });
    out.resize(wanted);
    return out;
  }
  std::vector<double> losses;
  for (const auto* g : feasible) losses.insert(losses.end(), g->losses.begin(), g->losses.end());
  const auto ranks = non_dominated_ranks(losses, feasible[0]->losses.size());
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

/// The best of all observations, so many that the good ones are among them. False when cancelled.
bool catch_up(const plan_job& job, kept& best, std::vector<graded>& graded_best) {
  auto consider = [&](std::size_t at) {
    const auto& x = job.observations[at];
    if (x.point.values.size() != job.space->size()) return;
    grade(*job.definition, x, at, graded_best);
  };
  do {
    if (job.is_cancelled()) return false;
    graded_best.clear();
    const auto until = std::min(best.seen + at_a_time, job.observations.size());
    graded_best.reserve(best.places.size() + until - best.seen);
    for (auto at : best.places) consider(at);
    const auto before = graded_best.size();
    for (auto at = best.seen; at < until; ++at) consider(at);
    rank_violations(graded_best);
    best.noted += graded_best.size() - before;  // how many could be compared
    best.seen = until;
    best.places.clear();
    if (graded_best.size() > most_kept) {
      auto all = std::exchange(graded_best, {});
      for (auto k : survivors(all, most_kept)) graded_best.push_back(std::move(all[k]));
      std::ranges::sort(graded_best, {}, &graded::at);
    }
    for (const auto& g : graded_best) best.places.push_back(g.at);
  } while (best.seen < job.observations.size());
  rank_violations(graded_best);
  return true;
}

/// All but the good ones (places ascending): the newest, and every so manieth of the older ones with the weight of
/// those it stands for.
std::vector<weighted_point> thinned(const plan_job& job, const std::vector<std::size_t>& good) {
  const auto n = job.observations.size() - good.size();
  std::vector<weighted_point> out;
  std::size_t passed = 0;                          // good ones before the place
  auto take = [&](std::size_t k, double weight) {  // the k-th that is not good
    while (passed < good.size() && good[passed] <= k + passed) ++passed;
    const auto& point = job.observations[k + passed].point;
    if (point.values.size() == job.space->size()) out.push_back({&point, weight});
  };
  const auto newest = std::min(n, n > newest_bad + older_bad ? newest_bad : n), older = n - newest;
  for (std::size_t k = 0; older > 0 && k < older_bad; ++k) {
    const auto begin = k * older / older_bad, end = (k + 1) * older / older_bad;
    take(end - 1, static_cast<double>(end - begin));
  }
  for (auto k = older; k < n; ++k) take(k, 1);
  return out;
}

}  // namespace

std::optional<tpe_split> split_observations(const plan_job& job, double fraction) {
  auto best = read_kept(job, mark);
  std::vector<graded> usable;
  if (!catch_up(job, best, usable)) return std::nullopt;
  std::vector<const graded*> feasible, others;
  for (const auto& g : usable) (g.violation == 0 ? feasible : others).push_back(&g);
  auto wanted = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(best.noted)));
  // Without objectives whatever meets the thresholds is good; the newest, when there are many.
  if (metrics_with(*job.definition, strategy::optimize).empty()) wanted = std::max(wanted, feasible.size());
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
  std::vector<std::size_t> places;
  for (const auto* g : good) places.push_back(g->at);
  std::ranges::sort(places);
  out.others = job.observations.size() - places.size();
  out.bad = thinned(job, places);
  out.hint = write_kept(job, mark, best);
  return out;
}

}  // namespace vilfredo
