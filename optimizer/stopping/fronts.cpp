#include "optimizer/stopping/fronts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <utility>

#include "core/hypervolume.hpp"
#include "core/pareto.hpp"

namespace vilfredo::stopping {

namespace {

constexpr std::size_t looked_at = 48;  // of a front that does not fit

bool dominated_by(const std::vector<fronts::member>& front, std::span<const double> x) {
  if (x.size() > 2) return std::ranges::any_of(front, [&](const auto& m) { return dominates(m.losses, x); });
  // Along a front of two losses the second falls as the first rises: the last one whose first is not above is best.
  auto after = std::ranges::partition_point(front, [&](const auto& m) { return m.losses[0] <= x[0]; });
  return after != front.begin() && dominates(std::prev(after)->losses, x);
}

}  // namespace

std::size_t fronts::front_of(std::span<const double> losses) const {
  auto at = std::ranges::partition_point(fronts_, [&](const auto& front) { return dominated_by(front, losses); });
  return static_cast<std::size_t>(at - fronts_.begin());
}

void fronts::insert(member x) {
  ++size_;
  auto at = front_of(x.losses);
  // Whoever is displaced moves one front down, together: there is nobody between.
  std::vector<member> coming;
  coming.push_back(std::move(x));
  for (; !coming.empty(); ++at) {
    if (at == fronts_.size()) {
      fronts_.push_back(std::move(coming));
      return;
    }
    std::vector<member> stay, leave, merged;
    for (auto& m : fronts_[at]) {
      const bool displaced = std::ranges::any_of(coming, [&](const auto& c) { return dominates(c.losses, m.losses); });
      (displaced ? leave : stay).push_back(std::move(m));
    }
    std::ranges::merge(std::make_move_iterator(stay.begin()), std::make_move_iterator(stay.end()),
                       std::make_move_iterator(coming.begin()), std::make_move_iterator(coming.end()),
                       std::back_inserter(merged));
    fronts_[at] = std::move(merged);
    coming = std::move(leave);
  }
}

void fronts::erase(const member& x) {
  auto before = std::exchange(fronts_, {});
  const auto members = std::exchange(size_, 0);
  bool found = false;
  for (auto& front : before)
    for (auto& m : front)
      if (!found && m == x)
        found = true;
      else
        insert(std::move(m));
  if (!found || size_ + 1 != members) std::abort();
}

bool among_best(const fronts& all, const fronts::member& x, std::size_t places, tie_break by) {
  const auto at = all.front_of(x.losses);
  std::size_t before = 0;
  for (std::size_t i = 0; i < at && before < places; ++i) before += all.all()[i].size();
  if (before >= places) return false;
  std::vector<fronts::member> front;
  if (at < all.all().size()) front = all.all()[at];
  auto place = std::ranges::lower_bound(front, x);
  if (place == front.end() || *place != x) {
    // It would displace some of the front.
    std::erase_if(front, [&](const auto& m) { return dominates(x.losses, m.losses); });
    front.insert(std::ranges::lower_bound(front, x), x);
    place = std::ranges::lower_bound(front, x);
  }
  if (before + front.size() <= places) return true;
  const auto mine = static_cast<std::size_t>(place - front.begin());
  const auto step = (front.size() + looked_at - 1) / looked_at;
  std::vector<fronts::member> few;
  for (auto i = mine % step; i < front.size(); i += step) few.push_back(front[i]);
  const auto left = ((places - before) * few.size() + front.size() - 1) / front.size();
  const auto chosen = by == tie_break::spread ? spread(few, left) : largest(few, left);
  return std::ranges::find(chosen, mine / step) != chosen.end();
}

std::vector<std::size_t> spread(std::span<const fronts::member> front, std::size_t count) {
  if (front.empty() || count == 0) return {};
  const auto metrics = front[0].losses.size();
  std::vector<double> least(metrics, HUGE_VAL), extent(metrics, 0);
  for (const auto& m : front)
    for (std::size_t i = 0; i < metrics; ++i) least[i] = std::fmin(least[i], m.losses[i]);
  for (const auto& m : front)
    for (std::size_t i = 0; i < metrics; ++i)
      if (std::isfinite(m.losses[i])) extent[i] = std::fmax(extent[i], m.losses[i] - least[i]);
  std::vector<double> places;  // member by member
  places.reserve(front.size() * metrics);
  for (const auto& m : front)
    for (std::size_t i = 0; i < metrics; ++i)
      places.push_back(!std::isfinite(m.losses[i]) ? 2 : extent[i] > 0 ? (m.losses[i] - least[i]) / extent[i] : 0);
  std::vector<std::size_t> out{0};
  std::vector<double> gap(front.size(), HUGE_VAL);
  while (out.size() < std::min(count, front.size())) {
    const double* last = &places[out.back() * metrics];
    gap[out.back()] = -1;
    for (std::size_t k = 0; k < front.size(); ++k) {
      double squares = 0;
      for (std::size_t i = 0; i < metrics; ++i) {
        const double d = places[k * metrics + i] - last[i];
        squares += d * d;
      }
      gap[k] = std::min(gap[k], squares);
    }
    out.push_back(static_cast<std::size_t>(std::ranges::max_element(gap) - gap.begin()));
  }
  return out;
}

std::vector<std::size_t> largest(std::span<const fronts::member> front, std::size_t count) {
  if (front.empty()) return {};
  const auto metrics = front[0].losses.size();
  std::vector<double> beyond(metrics);
  for (std::size_t i = 0; i < metrics; ++i) {
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (const auto& m : front) {
      least = std::fmin(least, m.losses[i]);
      if (std::isfinite(m.losses[i])) most = std::fmax(most, m.losses[i]);
    }
    beyond[i] = most + (most > least ? 0.1 * (most - least) : 1);
  }
  std::vector<std::vector<double>> points;
  for (const auto& m : front) points.push_back(m.losses);
  const auto adds = hypervolume_contributions(points, beyond);
  std::vector<std::size_t> out(front.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  std::ranges::stable_sort(out, std::ranges::greater{}, [&](std::size_t i) { return adds[i]; });
  out.resize(std::min(count, out.size()));
  return out;
}

}  // namespace vilfredo::stopping
