#include "optimizer/stopping/mo_asha.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

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

std::size_t mo_asha::places_at(const rung& x) const {
  return static_cast<std::size_t>(static_cast<double>(x.of.size()) / options_.levels.reduction_factor);
}

std::optional<std::size_t> mo_asha::shut_out(const rung& here, const place& mine, std::size_t places) const {
  for (std::size_t i = 0; i < mine.excess.size(); ++i) {
    const auto before = here.sound + here.excesses[i].below(mine.excess[i]);
    if (mine.excess[i] > 0 && before >= places) return before;
  }
  return std::nullopt;
}

std::optional<std::string> mo_asha::judge_at(double level, trial_id trial) const {
  const auto& here = rungs_.at(level);
  const auto found = here.of.find(trial.number);
  if (found == here.of.end()) return std::nullopt;
  const auto places = places_at(here);
  if (places == 0 && !pauses()) return std::nullopt;
  const auto& mine = found->second;
  const std::string goal = std::to_string(here.of.size()) + " trials that reached step " + text::number(level) +
                           ", of which the best " + std::to_string(places) + " go on" + (pauses() ? " for now" : "");
  if (mine.excess.empty()) {
    const auto compared = here.members.size() + (in_sample(here, trial.number) ? 0 : 1);
    if (places >= here.sound ||
        among_best(here.members, {mine.losses, trial.number}, places * compared / here.sound, options_.by))
      return std::nullopt;
    return "it is on front " + std::to_string(here.members.front_of(mine.losses) + 1) + " of the " + goal;
  }
  if (auto before = shut_out(here, mine, places))
    return "it misses a constraint, and " + std::to_string(*before) + " meet all or miss it by less, of the " + goal;
  return std::nullopt;
}

std::optional<std::string> mo_asha::judge(trial_id trial, const curve& x, std::size_t row) const {
  if (pauses()) {
    const auto level = options_.levels.top_settled_by(x, row);
    return level ? judge_at(*level, trial) : std::nullopt;
  }
  std::optional<std::string> out;
  options_.levels.settled_by(x, row, [&](double level) {
    if (!out) out = judge_at(level, trial);
  });
  return out;
}

void mo_asha::paused(trial_id trial, const curve& x, std::size_t row) {
  const auto level = options_.levels.top_settled_by(x, row);
  if (!pauses() || !level) return;
  rungs_[*level].waiting.insert(trial);
  waits_.insert_or_assign(trial.number, *level);
}

void mo_asha::released(trial_id trial) {
  auto found = waits_.find(trial.number);
  if (found == waits_.end()) return;
  rungs_.at(found->second).waiting.erase(trial);
  waits_.erase(found);
}

std::optional<trial_id> mo_asha::promoted(const std::function<bool(trial_id)>& ready, moment when) const {
  bool highest = true;
  for (auto at = rungs_.rbegin(); at != rungs_.rend(); ++at) {
    const auto& here = at->second;
    if (here.of.empty()) continue;
    auto places = places_at(here);
    if (std::exchange(highest, false) && when == moment::closing) places = std::max<std::size_t>(places, 1);
    if (here.waiting.empty() || places == 0) continue;
    if (auto found = promoted_at(here, places, ready)) return found;
  }
  return std::nullopt;
}

std::optional<trial_id> mo_asha::promoted_at(const rung& here, std::size_t places,
                                             const std::function<bool(trial_id)>& ready) const {
  auto may = [&](const fronts::member& m) { return here.waiting.contains({m.key}) && ready({m.key}); };
  auto left = here.members.size();
  if (places < here.sound) left = std::max<std::size_t>(1, places * left / here.sound);
  for (const auto& front : here.members.all()) {
    if (left == 0) break;
    if (std::ranges::any_of(front, may))
      for (auto i : options_.by == tie_break::spread ? spread(front, left) : largest(front, left))
        if (may(front[i])) return trial_id{front[i].key};
    left -= std::min(left, front.size());
  }
  if (options_.limits.empty()) return std::nullopt;
  for (auto trial : here.waiting) {
    const auto& mine = here.of.at(trial.number);
    if (!mine.excess.empty() && !shut_out(here, mine, places) && ready(trial)) return trial;
  }
  return std::nullopt;
}

}  // namespace vilfredo::stopping
