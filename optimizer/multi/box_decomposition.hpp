#pragma once
#include <span>
#include <vector>

namespace vilfredo {

/// An axis-parallel box, open where `lower` is minus infinity.
struct cell {
  std::vector<double> lower, upper;
};

/// What no point of `front` dominates and what dominates `reference`, cut into boxes that do not overlap; everything
/// minimizes. The hypervolume that a new point y adds is Σ over the boxes of Π max(0, upper − max(lower, y)).
///
/// Points are inserted in the order of their last objective; each box that a point cuts is replaced by its parts
/// outside the dominated orthant, and parts that fit together are joined. Two objectives give n + 1 boxes, three at
/// most 2n + 1 (as the sweep of Yang et al. 2019); four grow like n².
std::vector<cell> undominated_cells(std::vector<std::vector<double>> front, std::span<const double> reference);

}  // namespace vilfredo
