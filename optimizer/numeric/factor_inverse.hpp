#pragma once
#include <Eigen/Core>

namespace vilfredo {

/// From the Cholesky factor L [n, n] of a positive definite matrix K = L Lᵀ, in the lower triangle of `factor`, to the
/// lower triangle of K⁻¹ = L⁻ᵀ L⁻¹, in place; what is above the diagonal is neither read nor changed.
///
/// Both steps halve the matrix again and again, so that nearly all work is products of blocks, and zeros cost nothing:
/// n³ / 3 multiplications, a fifth of what solving for the columns of the unit matrix takes (LAPACK's potri, by
/// recursion).
void invert_from_factor(Eigen::Ref<Eigen::MatrixXd> factor);

}  // namespace vilfredo
