#include "optimizer/stopping/mo_asha.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

namespace {

/// Whether a member on front `at` is among the best `places`.
bool goes_on(const fronts& members, const fronts::member& x, std::size_t at, std::size_t places) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < at; ++i) before += members.all()[i].size();
  if (before >= places) return false;
  const auto& front = members.all()[at];
  if (before + front.size() <= places) return true;
  return std::ranges::any_of(spread(front, places - before), [&](std::size_t i) { return front[i] == x; });
}

}  // namespace

void mo_asha::reported(trial_id trial, const curve& x, std::size_t row) {
  levels_.settled_by(x, row, [&](double level) {
    auto losses = losses_in(x, row, metrics_);
    auto& here = rungs_[level];
    if (auto known = here.of.find(trial.number); known != here.of.end()) {
      here.members.erase({known->second, trial.number});
      here.of.erase(known);
    }
    if (!losses) return;
    here.of.emplace(trial.number, *losses);
    here.members.insert({*std::move(losses), trial.number});
  });
}

std::optional<std::string> mo_asha::judge(trial_id trial, const curve& x, std::size_t row) const {
  std::optional<std::string> out;
  levels_.settled_by(x, row, [&](double level) {
    auto losses = losses_in(x, row, metrics_);
    if (out || !losses) return;
    const auto& here = rungs_.at(level).members;
    const auto members = static_cast<double>(here.size());
    if (members < levels_.reduction_factor) return;
    const auto places = static_cast<std::size_t>(members / levels_.reduction_factor);
    const auto at = here.front_of(*losses);
    if (!goes_on(here, {*losses, trial.number}, at, places))
      out = "it is on front " + std::to_string(at + 1) + " of the " + std::to_string(here.size()) +
            " trials that reached step " + text::number(level) + ", of which the best " + std::to_string(places) +
            " go on";
  });
  return out;
}

}  // namespace vilfredo::stopping
