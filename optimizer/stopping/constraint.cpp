#include "optimizer/stopping/constraint.hpp"

#include <cmath>

#include "core/text.hpp"
#include "optimizer/stopping/cells.hpp"

namespace vilfredo::stopping {

void constraint::ended(trial_id trial, const curve& x, trial_state how) {
  if (how == trial_state::completed && sample_.add(trial, x)) known_.clear();
}

const std::vector<constraint::shown>& constraint::shown_from(int cell) const {
  const auto [known, fresh] = known_.try_emplace(cell);
  if (fresh)
    for (const auto& [hash, i] : sample_.all())
      if (const auto mark = i.marks.find(cell); mark != i.marks.end())
        known->second.push_back({mark->second[0], i.end[0]});
  return known->second;
}

std::optional<std::string> constraint::judge(trial_id, const curve& x, std::size_t row) const {
  const double now = x.loss(row, options_.limit.metric), most = options_.limit.most;
  if (std::isnan(now) || !first_in_cell(x, row)) return std::nullopt;
  const auto& others = shown_from(cell_of(x.step(row)));
  double can = 0;
  for (const auto& [then, end] : others) {
    const bool same_change = now + (end - then) <= most;
    const bool same_factor = now * then > 0 && now * (end / then) <= most;
    can += same_change || same_factor ? 1 : 0;
  }
  if (1 + can > options_.risk * static_cast<double>(1 + others.size())) return std::nullopt;
  return "of " + std::to_string(others.size()) + " completed trials, " + text::number(can) + " went on from step " +
         text::number(x.step(row)) + " such that it could still meet its constraint";
}

}  // namespace vilfredo::stopping
