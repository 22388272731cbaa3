#include "optimizer/stopping/percentile.hpp"

#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

void percentile::ended(trial_id, const curve& x, trial_state how) {
  if (how != trial_state::completed) return;
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < x.rows(); ++row) {
    const double loss = x.loss(row, options_.metric);
    if (std::isnan(loss)) continue;
    sum += loss;
    means_[x.step(row)].insert(sum / static_cast<double>(++count));
  }
}

std::optional<std::string> percentile::judge(trial_id, const curve& x, std::size_t row) const {
  const double step = x.step(row);
  if (step < options_.warmup_steps) return std::nullopt;
  // Once in each interval, at its first report.
  if (options_.interval > 0 && row > 0 &&
      std::floor(step / options_.interval) == std::floor(x.step(row - 1) / options_.interval))
    return std::nullopt;
  const double best = x.best(row, options_.metric);
  if (std::isnan(best)) return std::nullopt;
  // Those who report at other steps are compared at their last one before.
  auto column = means_.upper_bound(step);
  if (column == means_.begin()) return std::nullopt;
  const auto& means = (--column)->second;
  if (means.size() < options_.min_trials) return std::nullopt;
  const double limit = means.quantile(options_.percentile / 100);
  if (!(best > limit)) return std::nullopt;
  const auto better = means.below(best);
  return "its best up to step " + text::number(step) + " is worse than the mean course of " + std::to_string(better) +
         " of the " + std::to_string(means.size()) + " completed trials";
}

}  // namespace vilfredo::stopping
