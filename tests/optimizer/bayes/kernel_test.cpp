#include "optimizer/bayes/kernel.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <Eigen/Eigenvalues>
#include <limits>

#include "core/random.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Squared distances along each length scale.
std::vector<double> squares(const encoding& how, const assignments& a, const assignments& b) {
  const auto x = how.encode(a), y = how.encode(b);
  std::vector<double> out(how.scales(), 0.0);
  for (std::size_t c = 0; c < how.columns().size(); ++c) {
    const auto i = static_cast<Eigen::Index>(c);
    out[how.columns()[c].scale] += how.columns()[c].category ? (x[i] != y[i]) : (x[i] - y[i]) * (x[i] - y[i]);
  }
  return out;
}
}  // namespace

TEST_CASE("numbers are apart as on their scale, integers and grids by their places, categories by being equal or not") {
  const auto s = space_of({real("x", 0, 10), logarithmic(real("l", 1e-4, 1)), integer("n", 1, 4),
                           on_grid("g", {1, 10, 1000, 1001}), categorical("c", {"p", "q", "r"}), real("fixed", 2, 2)});
  const encoding how(s);
  CHECK(how.scales() == 5);  // what cannot vary has no length scale
  CHECK(how.numbers() == 4);
  const auto d = squares(how, {{1, 1e-4, 1, 1, 0, 2}}, {{6, 1e-2, 2, 1000, 2, 2}});
  CHECK(d[0] == doctest::Approx(0.25));
  CHECK(d[1] == doctest::Approx(0.25));
  CHECK(d[2] == doctest::Approx(1.0 / 16));
  CHECK(d[3] == doctest::Approx(0.25));
  CHECK(d[4] == 1);
  CHECK(squares(how, {{1, 1e-4, 1, 1, 0, 2}}, {{1, 1e-4, 1, 1, 0, 2}}) == std::vector<double>(5, 0.0));
}

TEST_CASE("a number that does not exist is equally far from all that it could be, and equal to itself") {
  const auto s = space_of({categorical("k", {"a", "b", "c"}), when(real("x", 0, 1), "k", {"a"})});
  const encoding how(s);
  const auto along_x = [&](const assignments& a, const assignments& b) { return squares(how, a, b)[1]; };
  const double apart = along_x({{0, 0.0}}, {{1, none}});
  for (double x : {0.1, 0.5, 1.0}) CHECK(along_x({{0, x}}, {{1, none}}) == doctest::Approx(apart));
  CHECK(apart > 0.1);
  CHECK(along_x({{1, none}}, {{2, none}}) == 0);
  CHECK(along_x({{0, 0.4}}, {{0, 0.41}}) == doctest::Approx(1e-4).epsilon(0.01));
  CHECK(along_x({{0, 0}}, {{0, 1}}) > 0.8);
}

TEST_CASE("matrices of the kernel are positive definite over mixed, conditional spaces") {
  const auto s =
      space_of({categorical("k", {"a", "b", "c"}), when(real("x", 0, 1), "k", {"a", "b"}),
                when(categorical("w", {"p", "q"}), "k", {"b"}), when(integer("n", 1, 9), "w", {"q"}), real("y", 0, 1)});
  const encoding how(s);
  random_source random(1);
  constexpr Eigen::Index n = 60;
  std::vector<assignments> all;
  for (Eigen::Index i = 0; i < n; ++i) {
    std::vector<double> u(s.size());
    for (double& v : u) v = random.uniform();
    all.push_back(s.from_unit(u));
  }
  for (double length : {0.1, 1.0, 10.0}) {
    Eigen::MatrixXd k(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) {
        double sum = 0;
        for (double d : squares(how, all[static_cast<std::size_t>(i)], all[static_cast<std::size_t>(j)])) sum += d;
        Eigen::ArrayXd value;
        matern(Eigen::ArrayXd::Constant(1, sum / (length * length)), value);
        k(i, j) = value[0];
      }
    const double least = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(k, Eigen::EigenvaluesOnly).eigenvalues()[0];
    CHECK(least > -1e-9);
  }
}

TEST_CASE("the kernel has its known values, and its slope is the derivative") {
  Eigen::ArrayXd square(4), value, slope, above, below;
  square << 0, 0.04, 1, 9;
  matern(square, value, slope);
  CHECK(value[0] == 1);
  CHECK(value[2] == doctest::Approx((1 + std::sqrt(5.0) + 5.0 / 3) * std::exp(-std::sqrt(5.0))));
  matern(square + 1e-6, above);
  matern((square - 1e-6).max(0.0), below);
  for (Eigen::Index i = 1; i < 4; ++i) CHECK(slope[i] == doctest::Approx((above[i] - below[i]) / 2e-6).epsilon(1e-5));
  CHECK(slope[0] == doctest::Approx(-5.0 / 6));
}

TEST_CASE("moving a number's coordinate moves its columns, and gradients come back along the same way") {
  const auto s = space_of({categorical("k", {"a", "b"}), real("y", 0, 2), when(real("x", 0, 1), "k", {"a"})});
  const encoding how(s);
  auto row = how.encode({{0, 1.0, 0.3}});
  how.place(1, 0.75, row);
  how.place(2, 0.6, row);
  CHECK((row - how.encode({{0, 1.5, 0.6}})).norm() < 1e-14);
  const Eigen::VectorXd slopes = Eigen::VectorXd::LinSpaced(row.size(), 0.5, 2);
  for (std::size_t dimension : {1u, 2u}) {
    auto above = row, below = row;
    how.place(dimension, 0.6 + 1e-6, above);
    how.place(dimension, 0.6 - 1e-6, below);
    CHECK(how.pull_back(dimension, 0.6, slopes) == doctest::Approx(slopes.dot(above - below) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("with tasks a row says which, by the logarithm of its cost, at a length scale of its own") {
  const auto s = space_of({real("x", 0, 1), categorical("k", {"a", "b"})});
  const encoding how(s, {{"tenth", 0.1}, {"all", 1}, {"hundredth", 0.01}});
  CHECK(how.scales() == 3);
  CHECK(how.numbers() == 2);
  const assignments x{{0.3, 1}};
  CHECK(how.encode(x, 0)[1] == doctest::Approx(1.0 / 16));
  CHECK(how.encode(x, 2)[1] == doctest::Approx(1.0 / 8));
  CHECK(how.encode(x, 1) == how.encode(x));
  CHECK(how.encode(x)[1] == 0);
  CHECK(how.encode(x, 0)[2] == 1);  // the category stands behind
}

TEST_CASE("rows are unlike by their numbers and by how many categories differ") {
  const auto s = space_of({real("x", 0, 1), categorical("k", {"a", "b", "c"}), categorical("l", {"a", "b"})});
  const encoding how(s);
  CHECK(how.unlikeness(how.encode({{0.1, 0, 0}}), how.encode({{0.4, 0, 0}})) == doctest::Approx(0.3));
  CHECK(how.unlikeness(how.encode({{0.1, 0, 0}}), how.encode({{0.1, 2, 1}})) == doctest::Approx(std::sqrt(2)));
}
