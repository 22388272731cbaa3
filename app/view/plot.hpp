#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/view/line.hpp"

namespace vilfredo::view {

/// Trials over two metrics, for a small scatter plot made of characters.
struct plot {
  enum class kind { ineligible, dominated, front };
  struct point {
    double x = 0, y = 0;
    plot::kind kind = kind::dominated;
  };
  std::string x_label, y_label;
  std::vector<point> points;
  std::optional<double> x_threshold, y_threshold;  ///< drawn as lines
  std::size_t height = 14;                         ///< lines of the plot itself
};

/// Axes with their ends, the points (the front last, so that it is never hidden) and a legend. Points that are not
/// finite are left out. Empty without a finite point.
lines render(const plot& x, const style& how);

}  // namespace vilfredo::view
