#include "optimizer/stopping/patience.hpp"

#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

std::optional<std::string> patience::judge(trial_id, const curve& x, std::size_t row) const {
  // The last report that lies so many steps back.
  auto before = *x.first_from(x.step(row) - options_.steps);
  if (x.step(before) > x.step(row) - options_.steps && before-- == 0) return std::nullopt;
  const double then = x.best(before, options_.metric), now = x.best(row, options_.metric);
  if (std::isnan(then) || now < then - options_.min_delta) return std::nullopt;
  std::string out = "from step " + text::number(x.step(before)) + " to " + text::number(x.step(row)) +
                    " its best did not become better";
  if (options_.min_delta > 0) out += " by more than " + text::number(options_.min_delta);
  return out;
}

}  // namespace vilfredo::stopping
