#include "optimizer/stopping/extrapolation.hpp"

#include <algorithm>
#include <cmath>

#include "core/hypervolume.hpp"
#include "core/pareto.hpp"
#include "core/text.hpp"
#include "optimizer/stopping/cells.hpp"

namespace vilfredo::stopping {

namespace {

std::string rounded(double x) { return text::number(std::round(1e4 * x) / 1e4); }

/// The chance that an end is better than all of the front in at least one metric. With one metric that is all there is.
double chance_beyond(const std::vector<std::vector<double>>& front, const std::vector<prediction>& end) {
  double within = 1;
  for (std::size_t j = 0; j < end.size(); ++j) {
    double least = HUGE_VAL;
    for (const auto& a : front) least = std::fmin(least, a[j]);
    within *= 1 - end[j].below(least);
  }
  return 1 - within;
}

/// With two metrics: the chance that none of the front dominates an end, or a part of it from `enough` on.
///
/// Between neighbours of the front in the first loss, an end is dominated unless its second loss is below that of the
/// left one. These columns are added up from the most likely one outwards.
double chance_between(const std::vector<std::vector<double>>& front, const std::vector<prediction>& end,
                      double enough) {
  auto left_of = [&](std::size_t i) { return i == 0 ? 0 : end[0].below(front[i - 1][0]); };
  auto right_of = [&](std::size_t i) { return i == front.size() ? 1 : end[0].below(front[i][0]); };
  auto below = [&](std::size_t i) { return i == 0 ? 1 : end[1].below(front[i - 1][1]); };
  const auto middle = std::ranges::partition_point(front, [&](const auto& a) { return a[0] <= end[0].mean; });
  auto low = static_cast<std::size_t>(middle - front.begin()), high = low;
  double left = left_of(low), right = right_of(low), out = (right - left) * below(low);
  while (out < enough && left + (1 - right) > 0) {
    if (left > 1 - right) {
      const double before = std::exchange(left, left_of(--low));
      out += (before - left) * below(low);
    } else {
      const double before = std::exchange(right, right_of(++high));
      out += (right - before) * below(high);
    }
  }
  return out;
}

/// With any number of metrics.
double chance_by_volume(const std::vector<std::vector<double>>& front, const std::vector<prediction>& end) {
  std::vector<std::vector<double>> worse;
  for (const auto& a : front) {
    auto& u = worse.emplace_back();
    for (std::size_t j = 0; j < a.size(); ++j) u.push_back(end[j].below(a[j]) - 1);
  }
  return 1 - hypervolume(worse, std::vector<double>(end.size(), 0));
}

/// P, or a part of it from `enough` on.
double chance_beside(const std::vector<std::vector<double>>& front, const std::vector<prediction>& end, double enough) {
  if (end.size() == 2) return chance_between(front, end, enough);
  const double beyond = chance_beyond(front, end);
  return end.size() == 1 || beyond >= enough ? beyond : chance_by_volume(front, end);
}

}  // namespace

double extrapolation::chance_of_new() const {
  return static_cast<double>(front_.size()) / static_cast<double>(completed_ + 1);
}

void extrapolation::ended(trial_id trial, const curve& x, trial_state how) {
  if (how != trial_state::completed || x.empty()) return;
  if (sample_.add(trial, x)) known_.clear();
  auto end = losses_in(x, x.rows() - 1, options_.metrics);
  if (!end) return;
  ++completed_;
  if (std::ranges::any_of(front_, [&](const auto& a) { return dominates(a.first, *end); })) return;
  std::erase_if(front_, [&](const auto& a) { return dominates(*end, a.first); });
  const auto at = front_.try_emplace(*std::move(end), trial.number).first;
  at->second = std::min(at->second, trial.number);
  stand_for_.clear();
}

std::vector<course> extrapolation::courses(int cell, std::size_t metric) const {
  std::vector<course> out;
  for (const auto& [hash, i] : sample_.all()) {
    const auto here = i.marks.find(cell), half = i.marks.find(cell - cells_an_octave);
    if (here == i.marks.end()) continue;
    const double now = here->second[metric], end = i.end[metric];
    const double change = half == i.marks.end() ? 0 : now - half->second[metric];
    if (std::isfinite(now) && std::isfinite(change)) out.push_back({now, change, end});
  }
  return out;
}

const std::vector<std::vector<double>>& extrapolation::front() const {
  if (!stand_for_.empty()) return stand_for_;
  std::vector<fronts::member> members;
  for (const auto& [losses, id] : front_) members.push_back({losses, id});
  auto chosen = spread(members, largest_front);
  std::ranges::sort(chosen);
  for (auto i : chosen) stand_for_.push_back(members[i].losses);
  return stand_for_;
}

std::optional<std::vector<prediction>> extrapolation::foretell(const curve& x, std::size_t row) const {
  const auto now = losses_in(x, row, options_.metrics);
  if (!now || sample_.all().size() < options_.min_trials) return std::nullopt;
  const int cell = cell_of(x.step(row));
  const auto [known, fresh] = known_.try_emplace(cell);
  if (fresh)
    for (std::size_t j = 0; j < now->size(); ++j) known->second.emplace_back(courses(cell, j));
  if (std::ranges::any_of(known->second, [](const forecast& f) { return f.empty(); })) return std::nullopt;
  const auto half = *x.first_from(start_of(cell - cells_an_octave));
  const bool is_half = half < row && cell_of(x.step(half)) == cell - cells_an_octave;
  std::vector<prediction> out;
  for (std::size_t j = 0; j < now->size(); ++j) {
    const double then = is_half ? x.loss(half, options_.metrics[j]) : NAN;
    const double change = (*now)[j] - then;
    out.push_back(known->second[j].from((*now)[j], std::isfinite(change) ? change : 0));
  }
  return out;
}

std::optional<double> extrapolation::chance(const curve& x, std::size_t row) const {
  const auto end = foretell(x, row);
  if (!end) return std::nullopt;
  return chance_beside(front(), *end, HUGE_VAL);
}

std::optional<std::string> extrapolation::judge(trial_id, const curve& x, std::size_t row) const {
  if (!first_in_cell(x, row)) return std::nullopt;
  const auto end = foretell(x, row);
  if (!end) return std::nullopt;
  const double least = options_.level * chance_of_new(), p = chance_beside(front(), *end, least);
  if (!(p < least)) return std::nullopt;
  const std::string goal = options_.metrics.size() > 1 ? "improves the front" : "is the best";
  return "by how completed trials went on from step " + text::number(x.step(row)) + ", the chance that its end " +
         goal + " is " + rounded(p) + "; that of a new trial is " + rounded(chance_of_new());
}

}  // namespace vilfredo::stopping
