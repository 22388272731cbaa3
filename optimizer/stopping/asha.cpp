#include "optimizer/stopping/asha.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.hpp"

namespace vilfredo::stopping {

void asha::reported(trial_id trial, const curve& x, std::size_t row) {
  levels_.settled_by(x, row, [&](double level) {
    auto loss = x.loss(row, metric_);
    auto& here = rungs_[level];
    if (const double* known = here.of.find(trial.number)) {
      here.losses.erase(*known);
      here.of.erase(trial.number);
    }
    if (std::isnan(loss)) return;
    here.losses.insert(loss);
    here.of[trial.number] = loss;
  });
}

std::optional<std::string> asha::judge(trial_id, const curve& x, std::size_t row) const {
  if (pauses()) return judge_to_pause(x, row);
  std::optional<std::string> out;
  levels_.settled_by(x, row, [&](double level) {
    auto loss = x.loss(row, metric_);
    if (out || std::isnan(loss)) return;
    const auto& here = rungs_.at(level).losses;
    const auto members = static_cast<double>(here.size());
    if (members < levels_.reduction_factor) return;
    const auto places = rungs_.at(level).places(levels_.reduction_factor);
    const auto better = here.below(loss);
    if (better >= places)
      out = std::to_string(better) + " of the " + std::to_string(here.size()) + " trials that reached step " +
            text::number(level) + " were better there; the best " + std::to_string(places) + " go on";
  });
  return out;
}

std::optional<std::string> asha::judge_to_pause(const curve& x, std::size_t row) const {
  const auto level = levels_.top_settled_by(x, row);
  if (!level) return std::nullopt;
  const auto loss = x.loss(row, metric_);
  if (std::isnan(loss)) return std::nullopt;
  const auto& here = rungs_.at(*level);
  const auto places = here.places(levels_.reduction_factor);
  const auto better = here.losses.below(loss);
  if (better < places) return std::nullopt;
  return std::to_string(better) + " of the " + std::to_string(here.losses.size()) + " trials that reached step " +
         text::number(*level) + " were better there; the best " + std::to_string(places) + " go on for now";
}

void asha::paused(trial_id trial, const curve& x, std::size_t row) {
  const auto level = levels_.top_settled_by(x, row);
  if (!pauses() || !level) return;
  const auto loss = x.loss(row, metric_);
  rungs_[*level].waiting.emplace(loss, trial);
  waits_.insert_or_assign(trial.number, std::pair(*level, loss));
}

void asha::released(trial_id trial) {
  auto found = waits_.find(trial.number);
  if (found == waits_.end()) return;
  const auto [level, loss] = found->second;
  rungs_.at(level).waiting.erase({loss, trial});
  waits_.erase(found);
}

std::optional<trial_id> asha::promoted(const std::function<bool(trial_id)>& ready, moment when) const {
  bool highest = true;
  for (auto at = rungs_.rbegin(); at != rungs_.rend(); ++at) {
    const auto& here = at->second;
    if (here.losses.empty()) continue;
    auto places = here.places(levels_.reduction_factor);
    if (std::exchange(highest, false) && when == moment::closing) places = std::max<std::size_t>(places, 1);
    for (const auto& [loss, trial] : here.waiting) {
      if (here.losses.below(loss) >= places) break;
      if (ready(trial)) return trial;
    }
  }
  return std::nullopt;
}

}  // namespace vilfredo::stopping
