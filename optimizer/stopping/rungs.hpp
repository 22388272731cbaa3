#pragma once
#include <optional>

#include "optimizer/stopping/curve.hpp"

namespace vilfredo::stopping {

/// The steps at which successive halving judges: min_steps · reduction_factor^k, below max_steps.
struct rungs {
  double min_steps = 1;
  double max_steps = 0;  ///< no rung from here on; 0: not known
  double reduction_factor = 3;

  /// Calls `each(level)` for the rungs that the report in `row` settles: those above the step before it and up to its
  /// own.
  template <class F>
  void settled_by(const curve& x, std::size_t row, F each) const {
    const double after = row == 0 ? -1 : x.step(row - 1);
    for (double level = min_steps; level <= x.step(row); level *= reduction_factor) {
      if (max_steps > 0 && level >= max_steps) return;
      if (level > after) each(level);
    }
  }
  /// The highest of them, if any.
  std::optional<double> top_settled_by(const curve& x, std::size_t row) const {
    std::optional<double> out;
    settled_by(x, row, [&](double level) { out = level; });
    return out;
  }
};

/// What successive halving does with those at a rung that are not among the best.
enum class halving { stops, promotes };

}  // namespace vilfredo::stopping
