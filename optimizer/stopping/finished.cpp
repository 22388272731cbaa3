#include "optimizer/stopping/finished.hpp"

#include <iterator>

#include "core/random.hpp"
#include "optimizer/stopping/cells.hpp"

namespace vilfredo::stopping {

bool finished_sample::add(trial_id trial, const curve& x) {
  if (x.empty()) return false;
  auto end = losses_in(x, x.rows() - 1, metrics_);
  if (!end) return false;
  const auto hash = derive_seed(2, trial.number);
  if (all_.size() == most && std::prev(all_.end())->first < hash) return false;
  auto& mine = all_[hash];
  mine.end = *std::move(end);
  for (std::size_t row = 0; row < x.rows(); ++row)
    if (first_in_cell(x, row))
      if (auto here = losses_in(x, row, metrics_)) mine.marks.emplace(cell_of(x.step(row)), *std::move(here));
  if (all_.size() > most) all_.erase(std::prev(all_.end()));
  return true;
}

}  // namespace vilfredo::stopping
