#include "optimizer/bayes/hyperfit.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <Eigen/Dense>

#include "tests/support/training.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
std::vector<double> flat(const kernel_parameters& p) {
  auto out = p.log_scales;
  out.push_back(p.log_signal);
  out.push_back(p.log_noise);
  out.insert(out.end(), p.warps.begin(), p.warps.end());
  return out;
}
}  // namespace

TEST_CASE("the gradient agrees with differences") {
  auto with_tasks = smooth_example(14);
  with_tasks.data.cheaper = Eigen::MatrixXd::Zero(14, 2);
  for (Eigen::Index i = 0; i < 14; i += 2) with_tasks.data.cheaper(i, i % 4 / 2) = 1;
  for (auto x : {smooth_example(14), mixed_example(25), with_tasks}) {
    x.data.repeats = 4;
    x.data.scatter = 0.05;
    for (bool warping : {false, true})
      for (double shift : {0.0, 0.8, -0.5}) {
        const kernel_posterior posterior(*x.how, x.data, warping);
        auto at = flat(x.parameters);
        at.resize(posterior.size(), 0.0);
        for (double& v : at) v += shift;
        std::vector<double> gradient(at.size()), ignored(at.size());
        posterior(at, gradient);
        for (std::size_t i = 0; i < at.size(); ++i) {
          auto above = at, below = at;
          above[i] += 1e-5;
          below[i] -= 1e-5;
          const double slope = (posterior(above, ignored) - posterior(below, ignored)) / 2e-5;
          CHECK(gradient[i] == doctest::Approx(slope).epsilon(1e-4).scale(1e-2));
        }
      }
  }
}

TEST_CASE("the density is that of the textbook, up to the priors") {
  const auto x = mixed_example(15);
  const kernel_posterior posterior(*x.how, x.data);
  auto by_the_book = [&](const kernel_parameters& p) {
    auto with = x;
    with.parameters = p;
    const Eigen::Index n = x.data.size();
    Eigen::MatrixXd k(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) k(i, j) = covariance(with, x.data.rows.row(i), x.data.rows.row(j));
    k.diagonal() += std::exp(p.log_noise) * x.data.shares + x.data.variance;
    const Eigen::MatrixXd inverse = k.inverse();
    const double mean = (inverse * x.data.values).sum() / (inverse.sum() + 1);
    const Eigen::VectorXd centred = (x.data.values.array() - mean).matrix();
    return -0.5 * centred.dot(inverse * centred) - 0.5 * std::log(k.determinant()) - 0.5 * mean * mean;
  };
  // Length scales stay, so that their prior falls out of the difference; the signal's is standard normal.
  auto a = x.parameters, b = x.parameters;
  a.log_signal = 0.5;
  b.log_signal = -0.5;
  std::vector<double> ignored(posterior.size());
  CHECK(posterior(flat(a), ignored) - posterior(flat(b), ignored) ==
        doctest::Approx(by_the_book(a) - by_the_book(b)).epsilon(1e-6));
}

TEST_CASE("what matters gets a short length scale, what does not a long one, and noise is told from signal") {
  for (double noise : {0.0, 0.3}) {
    auto x = example_over(space_of({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)}), 60, 9);
    random_source random(4);
    for (Eigen::Index i = 0; i < 60; ++i) x.data.values[i] = std::sin(9 * x.data.rows(i, 1)) + noise * random.normal();
    x.data.shares.setOnes();
    x.data.variance.setZero();
    const auto fitted = fit_kernel(*x.how, x.data, {}, {90, true, {}});
    CHECK(fitted.log_scales[1] < fitted.log_scales[0] - 1);
    CHECK(fitted.log_scales[1] < fitted.log_scales[2] - 1);
    if (noise > 0)
      CHECK(std::exp(fitted.log_noise) == doctest::Approx(noise * noise).epsilon(0.5));
    else
      CHECK(fitted.log_noise < -7);
  }
}

TEST_CASE("repeats of one configuration tell the noise") {
  auto x = smooth_example(10);
  x.data.shares.setConstant(0.2);
  x.data.variance.setZero();
  x.data.repeats = 40;
  x.data.scatter = 40 * 0.09;
  CHECK(std::exp(fit_kernel(*x.how, x.data, {}, {90, true, {}}).log_noise) == doctest::Approx(0.09).epsilon(0.3));
}

TEST_CASE("from where it ended before, it ends where it began") {
  const auto x = mixed_example(40);
  const auto once = fit_kernel(*x.how, x.data, {}, {200, true, {}});
  const auto again = fit_kernel(*x.how, x.data, once, {200, true, {}});
  const kernel_posterior posterior(*x.how, x.data, true);
  std::vector<double> ignored(posterior.size());
  CHECK(posterior(flat(again), ignored) >= posterior(flat(once), ignored) - 1e-6);
}

TEST_CASE("constants are fitted as well as they can be") {
  auto x = smooth_example(10);
  x.data.values.setZero();
  for (double l : flat(fit_kernel(*x.how, x.data, {}, {90, true, {}}))) CHECK(std::isfinite(l));
}

TEST_CASE("of many rows, scouts among a few find the hill that all would climb to") {
  auto x = example_over(space_of({real("a", 0, 1), real("b", 0, 1)}), 90, 3);
  random_source random(8);
  for (Eigen::Index i = 0; i < 90; ++i)
    x.data.values[i] = std::sin(7 * x.data.rows(i, 0)) + x.data.rows(i, 1) + 0.05 * random.normal();
  x.data.shares.setOnes();
  x.data.variance.setZero();
  const kernel_posterior posterior(*x.how, x.data, true);
  std::vector<double> ignored(posterior.size());
  const auto cold = fit_kernel(*x.how, x.data, {}, {90, true, {}});
  // From where it ended it goes no further, and from far off it ends there, too.
  const auto again = fit_kernel(*x.how, x.data, cold, {90, true, {}});
  const auto astray = fit_kernel(*x.how, x.data, kernel_parameters{{5, 5}, 0, 0, {0, 0}}, {90, true, {}});
  const double height = posterior(flat(cold), ignored);
  CHECK(posterior(flat(again), ignored) == doctest::Approx(height).epsilon(1e-3));
  CHECK(posterior(flat(astray), ignored) == doctest::Approx(height).epsilon(1e-3));
}

TEST_CASE("a parameter whose logarithm is what counts is looked at on that scale; others stay as they are") {
  auto x = example_over(space_of({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)}), 60, 2);
  for (Eigen::Index i = 0; i < 60; ++i)
    x.data.values[i] = std::log(0.002 + x.data.rows(i, 0)) / 2 + std::log(1.002 - x.data.rows(i, 1)) / 2 +
                       std::sin(5 * x.data.rows(i, 2));
  x.data.shares.setOnes();
  x.data.variance.setZero();
  const auto fitted = fit_kernel(*x.how, x.data, {}, {90, true, {}});
  REQUIRE(fitted.warps.size() == 3);
  CHECK(fitted.warps[0] > 2);
  CHECK(fitted.warps[1] < -2);
  CHECK(std::abs(fitted.warps[2]) < 1);
}
