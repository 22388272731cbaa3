#include "optimizer/stopping/asha.hpp"

#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

void asha::reported(trial_id trial, const curve& x, std::size_t row) {
  levels_.settled_by(x, row, [&](double level) {
    auto loss = x.loss(row, metric_);
    auto& here = rungs_[level];
    auto known = here.of.find(trial.number);
    if (known != here.of.end()) {
      here.losses.erase(known->second);
      here.of.erase(known);
    }
    if (std::isnan(loss)) return;
    here.losses.insert(loss);
    here.of.emplace(trial.number, loss);
  });
}

std::optional<std::string> asha::judge(trial_id, const curve& x, std::size_t row) const {
  std::optional<std::string> out;
  levels_.settled_by(x, row, [&](double level) {
    auto loss = x.loss(row, metric_);
    if (out || std::isnan(loss)) return;
    const auto& here = rungs_.at(level).losses;
    const auto members = static_cast<double>(here.size());
    if (members < levels_.reduction_factor) return;
    const auto places = static_cast<std::size_t>(members / levels_.reduction_factor);
    const auto better = here.below(loss);
    if (better >= places)
      out = std::to_string(better) + " of the " + std::to_string(here.size()) + " trials that reached step " +
            text::number(level) + " were better there; the best " + std::to_string(places) + " go on";
  });
  return out;
}

}  // namespace vilfredo::stopping
