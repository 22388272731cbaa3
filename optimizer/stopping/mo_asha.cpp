#include "optimizer/stopping/mo_asha.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/random.hpp"
#include "core/text.hpp"

namespace vilfredo::stopping {

std::vector<double> mo_asha::excess_in(const curve& x, std::size_t row) const {
  std::vector<double> out;
  for (const auto& limit : options_.limits) out.push_back(std::fmax(0, x.loss(row, limit.metric) - limit.most));
  if (std::ranges::all_of(out, [](double e) { return e == 0; })) out.clear();
  return out;
}

bool mo_asha::in_sample(const rung& here, std::uint64_t trial) {
  return static_cast<std::size_t>(std::countr_zero(derive_seed(5, trial))) >= here.halvings;
}

void mo_asha::sample(rung& here, fronts::member x) const {
  const auto zeros = static_cast<std::size_t>(std::countr_zero(derive_seed(5, x.key)));
  if (here.met.size() <= zeros) here.met.resize(zeros + 1);
  for (std::size_t i = 0; i <= zeros; ++i) ++here.met[i];
  // Counted are all that ever came: corrected reports must not make a difference.
  const auto before = here.halvings;
  while (here.halvings < here.met.size() && here.met[here.halvings] > sample_size) ++here.halvings;
  if (here.halvings > before) {
    fronts fewer;
    for (const auto& front : here.members.all())
      for (const auto& m : front)
        if (in_sample(here, m.key)) fewer.insert(m);
    here.members = std::move(fewer);
  }
  if (in_sample(here, x.key)) here.members.insert(std::move(x));
}

void mo_asha::reported(trial_id trial, const curve& x, std::size_t row) {
  options_.levels.settled_by(x, row, [&](double level) {
    auto& here = rungs_[level];
    here.excesses.resize(options_.limits.size());
    if (auto known = here.of.find(trial.number); known != here.of.end()) {
      const auto& was = known->second;
      if (was.excess.empty()) {
        --here.sound;
        if (in_sample(here, trial.number)) here.members.erase({was.losses, trial.number});
      }
      for (std::size_t i = 0; i < was.excess.size(); ++i) here.excesses[i].erase(was.excess[i]);
      here.of.erase(known);
    }
    auto losses = losses_in(x, row, options_.metrics);
    if (!losses) return;
    place mine{*std::move(losses), excess_in(x, row)};
    if (mine.excess.empty()) {
      ++here.sound;
      sample(here, {mine.losses, trial.number});
    }
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
    const auto compared = here.members.size() + (in_sample(here, trial.number) ? 0 : 1);
    if (places >= here.sound ||
        among_best(here.members, {mine.losses, trial.number}, places * compared / here.sound, options_.by))
      return std::nullopt;
    return "it is on front " + std::to_string(here.members.front_of(mine.losses) + 1) + " of the " + goal;
  }
  const auto sound = here.sound;
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
