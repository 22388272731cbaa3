#include "optimizer/stopping/asha.hpp"

#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

namespace {

/// Calls `each(level)` for the rungs above `after` and up to `upto`.
template <class F>
void levels(const asha_options& o, double after, double upto, F each) {
  for (double level = o.min_steps; level <= upto; level *= o.reduction_factor) {
    if (o.max_steps > 0 && level >= o.max_steps) return;
    if (level > after) each(level);
  }
}

double step_before(const curve& x, std::size_t row) { return row == 0 ? -1 : x.step(row - 1); }

}  // namespace

void asha::reported(trial_id trial, const curve& x, std::size_t row) {
  // A report settles the rungs between the step before it and its own.
  levels(options_, step_before(x, row), x.step(row), [&](double level) {
    auto loss = x.loss(row, options_.metric);
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
  levels(options_, step_before(x, row), x.step(row), [&](double level) {
    auto loss = x.loss(row, options_.metric);
    if (out || std::isnan(loss)) return;
    const auto& here = rungs_.at(level).losses;
    const auto members = static_cast<double>(here.size());
    if (members < options_.reduction_factor) return;
    const auto places = static_cast<std::size_t>(members / options_.reduction_factor);
    const auto better = here.below(loss);
    if (better >= places)
      out = std::to_string(better) + " of the " + std::to_string(here.size()) + " trials that reached step " +
            text::number(level) + " were better there; the best " + std::to_string(places) + " go on";
  });
  return out;
}

}  // namespace vilfredo::stopping
