#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace vilfredo {

/// Writes the gradient and returns the value. A value that is not finite means "not there": the search steps back.
using smooth_function = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct box {
  std::vector<double> lower, upper;
};

struct quasi_newton_limits {
  std::size_t evaluations = 100;
  double gradient = 1e-5;   ///< done when no component of the projected gradient is greater
  double progress = 1e-10;  ///< done when a step lowers the value by less, relative to it
};

struct minimum {
  std::vector<double> at;
  double value = 0;
  std::size_t evaluations = 0;
};

/// A local minimum of a smooth function in a box: limited-memory BFGS on the coordinates that no bound holds, with a
/// backtracking search along the projected path (Bertsekas 1982; Nocedal & Wright 2006, algorithms 7.4 and 3.1).
///
/// Never worse than the start, never outside the box, never more evaluations than allowed, never throws: what a fit or
/// an acquisition throws at it (cliffs, plateaus, infinities) only ends the search earlier.
minimum minimize_in_box(const smooth_function& f, std::vector<double> start, const box& bounds,
                        const quasi_newton_limits& limits = {});

}  // namespace vilfredo
