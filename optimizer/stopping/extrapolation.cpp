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

std::optional<double> extrapolation::chance(const curve& x, std::size_t row) const {
  const auto now = losses_in(x, row, options_.metrics);
  if (!now || sample_.all().size() < options_.min_trials) return std::nullopt;
  const int cell = cell_of(x.step(row));
  const auto [known, fresh] = known_.try_emplace(cell);
  if (fresh)
    for (std::size_t j = 0; j < now->size(); ++j) known->second.emplace_back(courses(cell, j));
  if (std::ranges::any_of(known->second, [](const forecast& f) { return f.empty(); })) return std::nullopt;
  if (stand_for_.empty()) {
    std::vector<fronts::member> members;
    for (const auto& [losses, id] : front_) members.push_back({losses, id});
    for (auto i : spread(members, largest_front)) stand_for_.push_back(members[i].losses);
  }
  const auto half = *x.first_from(start_of(cell - cells_an_octave));
  const bool is_half = half < row && cell_of(x.step(half)) == cell - cells_an_octave;
  std::vector<prediction> ends;
  for (std::size_t j = 0; j < now->size(); ++j) {
    const double then = is_half ? x.loss(half, options_.metrics[j]) : NAN;
    const double change = (*now)[j] - then;
    ends.push_back(known->second[j].from((*now)[j], std::isfinite(change) ? change : 0));
  }
  std::vector<std::vector<double>> worse;
  for (const auto& a : stand_for_) {
    auto& u = worse.emplace_back();
    for (std::size_t j = 0; j < a.size(); ++j) u.push_back(ends[j].below(a[j]) - 1);
  }
  return 1 - hypervolume(worse, std::vector<double>(now->size(), 0));
}

std::optional<std::string> extrapolation::judge(trial_id, const curve& x, std::size_t row) const {
  if (!first_in_cell(x, row)) return std::nullopt;
  const auto p = chance(x, row);
  if (!p || !(*p < options_.level * chance_of_new())) return std::nullopt;
  const std::string goal = options_.metrics.size() > 1 ? "improves the front" : "is the best";
  return "by how completed trials went on from step " + text::number(x.step(row)) + ", the chance that its end " +
         goal + " is " + rounded(*p) + "; that of a new trial is " + rounded(chance_of_new());
}

}  // namespace vilfredo::stopping
