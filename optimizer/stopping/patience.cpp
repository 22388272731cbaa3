#include "optimizer/stopping/patience.hpp"

#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

std::optional<std::string> patience::judge(trial_id, const curve& x, std::size_t row) const {
  std::size_t before = row;
  while (x.step(before) > x.step(row) - options_.steps)
    if (before-- == 0) return std::nullopt;
  const double then = x.best(before, options_.metric), now = x.best(row, options_.metric);
  if (std::isnan(then) || now < then - options_.min_delta) return std::nullopt;
  std::string out = "from step " + text::number(x.step(before)) + " to " + text::number(x.step(row)) +
                    " its best did not become better";
  if (options_.min_delta > 0) out += " by more than " + text::number(options_.min_delta);
  return out;
}

}  // namespace vilfredo::stopping
