#include "optimizer/stopping/mo_asha.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

std::vector<double> mo_asha::excess_in(const curve& x, std::size_t row) const {
  std::vector<double> out;
  for (const auto& limit : options_.limits) out.push_back(std::fmax(0, x.loss(row, limit.metric) - limit.most));
  if (std::ranges::all_of(out, [](double e) { return e == 0; })) out.clear();
  return out;
}

void mo_asha::reported(trial_id trial, const curve& x, std::size_t row) {
  options_.levels.settled_by(x, row, [&](double level) {
    auto& here = rungs_[level];
    here.excesses.resize(options_.limits.size());
    if (auto known = here.of.find(trial.number); known != here.of.end()) {
      const auto& was = known->second;
      if (was.excess.empty()) here.members.erase({was.losses, trial.number});
      for (std::size_t i = 0; i < was.excess.size(); ++i) here.excesses[i].erase(was.excess[i]);
      here.of.erase(known);
    }
    auto losses = losses_in(x, row, options_.metrics);
    if (!losses) return;
    place mine{*std::move(losses), excess_in(x, row)};
    if (mine.excess.empty()) here.members.insert({mine.losses, trial.number});
    for (std::size_t i = 0; i < mine.excess.size(); ++i) here.excesses[i].insert(mine.excess[i]);
    here.of.emplace(trial.number, std::move(mine));
  });
}

std::optional<std::string> mo_asha::judge_at(double level, trial_id trial) const {
  const auto& here = rungs_.at(level);
  const auto found = here.of.find(trial.number);
  const auto members = static_cast<double>(here.of.size());
  if (found == here.of.end() || members < options_.levels.reduction_factor) return std::nullopt;
  const auto places = static_cast<std::size_t>(members / options_.levels.reduction_factor);
  const auto& mine = found->second;
  const std::string goal = std::to_string(here.of.size()) + " trials that reached step " + text::number(level) +
                           ", of which the best " + std::to_string(places) + " go on";
  if (mine.excess.empty()) {
    if (among_best(here.members, {mine.losses, trial.number}, places, options_.by)) return std::nullopt;
    return "it is on front " + std::to_string(here.members.front_of(mine.losses) + 1) + " of the " + goal;
  }
  const auto sound = here.members.size();
  for (std::size_t i = 0; i < mine.excess.size(); ++i)
    if (mine.excess[i] > 0 && sound + here.excesses[i].below(mine.excess[i]) >= places)
      return "it misses a constraint, and " + std::to_string(sound + here.excesses[i].below(mine.excess[i])) +
             " meet all or miss it by less, of the " + goal;
  return std::nullopt;
}

std::optional<std::string> mo_asha::judge(trial_id trial, const curve& x, std::size_t row) const {
  std::optional<std::string> out;
  options_.levels.settled_by(x, row, [&](double level) {
    if (!out) out = judge_at(level, trial);
  });
  return out;
}

}  // namespace vilfredo::stopping
