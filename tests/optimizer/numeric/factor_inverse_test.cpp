#include "optimizer/numeric/factor_inverse.hpp"

#include <doctest/doctest.h>

#include <Eigen/Dense>

#include "core/random.hpp"

using namespace vilfredo;

TEST_CASE("a factor becomes the inverse of what it is a factor of") {
  random_source random(1);
  for (Eigen::Index n : {1, 2, 23, 24, 25, 50, 97}) {
    Eigen::MatrixXd a(n, n);
    for (Eigen::Index i = 0; i < n * n; ++i) a.data()[i] = random.normal();
    const Eigen::MatrixXd k = a * a.transpose() + static_cast<double>(n) * Eigen::MatrixXd::Identity(n, n);
    Eigen::MatrixXd factor = k.llt().matrixL();
    factor.triangularView<Eigen::StrictlyUpper>().setConstant(7);
    invert_from_factor(factor);
    const Eigen::MatrixXd inverse = factor.selfadjointView<Eigen::Lower>();
    CHECK((inverse * k - Eigen::MatrixXd::Identity(n, n)).cwiseAbs().maxCoeff() < 1e-10);
    if (n > 1) CHECK(factor(0, n - 1) == 7);
  }
}
