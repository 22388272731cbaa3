#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/trial.hpp"

namespace vilfredo {

/// The steps of a quarter of an octave share a level, so that trials of ten thousand reports are dozens of numbers.
int level_of(double step);

/// What a trial reported on its way, thinned: the values at the highest step of each level.
class course {
public:
  explicit course(const trial& x);

  bool empty() const { return levels_.empty(); }
  int last() const { return levels_.back(); }
  /// The values at a level, or at the highest one below that it reported at; nothing beyond its last level or before
  /// its first. One value a metric, as in a progress_report.
  std::span<const double> at(int level) const;

private:
  std::size_t metrics_ = 0;
  std::vector<int> levels_;     // ascending
  std::vector<double> values_;  // level by level
};

/// Of the newest observations, oldest first, what their trials reported; null where that is nothing.
using courses = std::vector<std::shared_ptr<const course>>;

}  // namespace vilfredo
