#pragma once
#include <Eigen/Core>
#include <vector>

#include "optimizer/numeric/quasi_newton.hpp"

namespace vilfredo {

/// The points x with normals · x ≤ limits, a row a half-space. Bounds are rows like any other.
struct polytope {
  Eigen::MatrixXd normals;
  Eigen::VectorXd limits;
};

/// A local minimum of a smooth function in a polytope: limited-memory BFGS within the face that holds the point, whose
/// half-spaces come and go by the signs of their multipliers (Rosen 1960; Nocedal & Wright 2006, section 16.5).
///
/// `start` must be inside. Promises what minimize_in_box does; a point on a face is on it to rounding.
minimum minimize_in_polytope(const smooth_function& f, std::vector<double> start, const polytope& within,
                             const quasi_newton_limits& limits = {});

}  // namespace vilfredo
