#include "optimizer/numeric/polytope.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"

using namespace vilfredo;

namespace {

/// The unit cube, and Σ x ≤ limit.
polytope cut_cube(Eigen::Index n, double limit) {
  polytope out{Eigen::MatrixXd::Zero(2 * n + 1, n), Eigen::VectorXd::Zero(2 * n + 1)};
  for (Eigen::Index i = 0; i < n; ++i) {
    out.normals(i, i) = 1;
    out.limits[i] = 1;
    out.normals(n + i, i) = -1;
  }
  out.normals.row(2 * n).setOnes();
  out.limits[2 * n] = limit;
  return out;
}

/// Σ w (x − target)² with weights 1, 2, 3, …
smooth_function bowl(std::vector<double> target) {
  return [target](std::span<const double> x, std::span<double> g) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double w = static_cast<double>(i + 1), d = x[i] - target[i];
      sum += w * d * d;
      g[i] = 2 * w * d;
    }
    return sum;
  };
}

}  // namespace

TEST_CASE("a minimum on a face is found, and it is on the face") {
  // With a multiplier μ: x_i = t_i − μ / (2 w_i), and Σ x = 1.
  const std::vector<double> target{0.8, 0.7, 0.9};
  const double mu = 2 * (2.4 - 1) / (1 + 1.0 / 2 + 1.0 / 3);
  const auto found = minimize_in_polytope(bowl(target), {0.1, 0.1, 0.1}, cut_cube(3, 1), {200, 1e-9, 0});
  double sum = 0;
  CHECK(target[0] - mu / 2 > 0);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(found.at[i] == doctest::Approx(target[i] - mu / (2 * static_cast<double>(i + 1))).epsilon(1e-6));
    sum += found.at[i];
  }
  CHECK(sum == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("a minimum inside is found, also from a face that must be left") {
  const auto found = minimize_in_polytope(bowl({0.2, 0.3}), {0.0, 1.0}, cut_cube(2, 1), {200, 1e-9, 0});
  CHECK(found.at[0] == doctest::Approx(0.2).epsilon(1e-6));
  CHECK(found.at[1] == doctest::Approx(0.3).epsilon(1e-6));
}

TEST_CASE("a corner is found and kept") {
  const auto found = minimize_in_polytope(bowl({3, -2}), {0.3, 0.3}, cut_cube(2, 1.5), {200, 1e-9, 0});
  CHECK(found.at[0] == doctest::Approx(1));
  CHECK(std::abs(found.at[1]) < 1e-12);
}

TEST_CASE("the point is never outside, and it ends where nothing better is near") {
  random_source random(1);
  for (int round = 0; round < 30; ++round) {
    const auto within = cut_cube(6, 1.7);
    std::vector<double> target(6);
    for (double& t : target) t = 2 * random.uniform() - 0.5;
    double outside = 0;
    const auto inner = bowl(target);
    const smooth_function watched = [&](std::span<const double> x, std::span<double> g) {
      const auto at = Eigen::VectorXd::Map(x.data(), 6);
      outside = std::max(outside, (within.normals * at - within.limits).maxCoeff());
      return inner(x, g);
    };
    const auto found = minimize_in_polytope(watched, std::vector<double>(6, 0.2), within, {500, 1e-9, 0});
    CHECK(outside < 1e-12);
    std::vector<double> ignored(6);
    for (int i = 0; i < 200; ++i) {
      auto other = found.at;
      for (double& v : other) v += 0.05 * random.normal();
      const auto at = Eigen::VectorXd::Map(other.data(), 6);
      if ((within.normals * at - within.limits).maxCoeff() > 0) continue;
      CHECK(inner(other, ignored) >= found.value - 1e-9);
    }
  }
}
