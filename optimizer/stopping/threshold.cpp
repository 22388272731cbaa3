#include "optimizer/stopping/threshold.hpp"

#include "core/text.hpp"

namespace vilfredo::stopping {

std::optional<std::string> threshold::judge(trial_id, const curve& x, std::size_t row) const {
  // Nothing was reported of the metric: the best is NaN, and not worse.
  if (x.step(row) < options_.step || !(x.best(row, options_.metric) > options_.loss)) return std::nullopt;
  return "up to step " + text::number(x.step(row)) + " it was never as good as is asked for by step " +
         text::number(options_.step);
}

}  // namespace vilfredo::stopping
