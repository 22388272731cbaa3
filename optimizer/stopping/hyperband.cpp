#include "optimizer/stopping/hyperband.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"

namespace vilfredo::stopping {

hyperband::hyperband(rungs levels, std::size_t brackets, std::size_t metric, std::uint64_t seed) : seed_(seed) {
  double sum = 0;
  for (std::size_t left = brackets; left > 0; --left) {
    brackets_.emplace_back(levels, metric);
    levels.min_steps *= levels.reduction_factor;
    const auto b = static_cast<double>(brackets), behind = static_cast<double>(left);
    sum += std::ceil(b * std::pow(levels.reduction_factor, behind - 1) / behind);
    up_to_.push_back(sum);
  }
  for (double& x : up_to_) x /= sum;
}

std::size_t hyperband::bracket_of(trial_id trial) const {
  const double u = random_source(derive_seed(seed_, trial.number)).uniform();
  return static_cast<std::size_t>(std::ranges::upper_bound(up_to_, u) - up_to_.begin());
}

void hyperband::reported(trial_id trial, const curve& x, std::size_t row) {
  brackets_[bracket_of(trial)].reported(trial, x, row);
}

std::optional<std::string> hyperband::judge(trial_id trial, const curve& x, std::size_t row) const {
  const auto mine = bracket_of(trial);
  auto reason = brackets_[mine].judge(trial, x, row);
  if (reason) *reason = "in bracket " + std::to_string(mine + 1) + ", " + *reason;
  return reason;
}

}  // namespace vilfredo::stopping
