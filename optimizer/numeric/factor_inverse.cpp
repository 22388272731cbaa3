#include "optimizer/numeric/factor_inverse.hpp"

// Notation: L = [A 0; B C], blocks of halves.
//   L⁻¹ = [A⁻¹ 0; −C⁻¹ B A⁻¹, C⁻¹];  MᵀM of a lower M = [A 0; B C]: [AᵀA + BᵀB, ·; CᵀB, CᵀC].

namespace vilfredo {

namespace {

using Eigen::Index;
using block = Eigen::Ref<Eigen::MatrixXd>;
constexpr Index small = 24;

void invert_triangle(block m) {
  const Index n = m.rows();
  if (n <= small) {
    for (Index j = 0; j < n; ++j) {
      m(j, j) = 1 / m(j, j);
      for (Index i = j + 1; i < n; ++i) {
        double sum = 0;
        for (Index k = j; k < i; ++k) sum += m(i, k) * m(k, j);
        m(i, j) = -sum / m(i, i);  // row i is still L's
      }
    }
    return;
  }
  const Index half = n / 2, rest = n - half;
  block a = m.topLeftCorner(half, half), c = m.bottomRightCorner(rest, rest);
  invert_triangle(a);
  const Eigen::MatrixXd right = m.bottomLeftCorner(rest, half) * a.triangularView<Eigen::Lower>();
  invert_triangle(c);
  m.bottomLeftCorner(rest, half).noalias() = -(c.triangularView<Eigen::Lower>() * right);
}

void square_triangle(block m) {
  const Index n = m.rows();
  if (n <= small) {
    for (Index j = 0; j < n; ++j)
      for (Index i = j; i < n; ++i) m(i, j) = m.col(i).tail(n - i).dot(m.col(j).tail(n - i));
    return;
  }
  const Index half = n / 2, rest = n - half;
  block a = m.topLeftCorner(half, half), c = m.bottomRightCorner(rest, rest);
  square_triangle(a);
  a.selfadjointView<Eigen::Lower>().rankUpdate(m.bottomLeftCorner(rest, half).transpose());
  const Eigen::MatrixXd below = c.triangularView<Eigen::Lower>().transpose() * m.bottomLeftCorner(rest, half);
  m.bottomLeftCorner(rest, half) = below;
  square_triangle(c);
}

}  // namespace

void invert_from_factor(Eigen::Ref<Eigen::MatrixXd> factor) {
  invert_triangle(factor);
  square_triangle(factor);
}

}  // namespace vilfredo
