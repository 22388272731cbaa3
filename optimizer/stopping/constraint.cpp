#include "optimizer/stopping/constraint.hpp"

#include <cmath>

#include "core/text.hpp"
#include "optimizer/stopping/cells.hpp"

namespace vilfredo::stopping {

void constraint::ended(trial_id trial, const curve& x, trial_state how) {
  if (how == trial_state::completed) sample_.add(trial, x);
}

std::optional<std::string> constraint::judge(trial_id, const curve& x, std::size_t row) const {
  const double now = x.loss(row, options_.limit.metric), most = options_.limit.most;
  if (std::isnan(now) || !first_in_cell(x, row)) return std::nullopt;
  const int cell = cell_of(x.step(row));
  double shown = 1, others = 1;
  for (const auto& [hash, i] : sample_.all()) {
    const auto mark = i.marks.find(cell);
    if (mark == i.marks.end()) continue;
    const double then = mark->second[0], end = i.end[0];
    const bool same_change = now + (end - then) <= most;
    const bool same_factor = now * then > 0 && now * (end / then) <= most;
    shown += same_change || same_factor ? 1 : 0;
    ++others;
  }
  if (shown > options_.risk * others) return std::nullopt;
  return "of " + text::number(others - 1) + " completed trials, " + text::number(shown - 1) + " went on from step " +
         text::number(x.step(row)) + " such that it could still meet its constraint";
}

}  // namespace vilfredo::stopping
