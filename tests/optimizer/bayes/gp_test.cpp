#include "optimizer/bayes/gp.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <Eigen/Dense>

#include "core/random.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/training.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

gaussian_process model_of(const training_example& x) {
  auto made = gaussian_process::make(x.how, x.data, x.parameters);
  REQUIRE(made);
  return *std::move(made);
}

/// The textbook's formulas, with an inverse.
belief by_the_book(const training_example& x, const MatrixXd& rows, const VectorXd& values, const VectorXd& noise,
                   const VectorXd& at) {
  const Index n = rows.rows();
  MatrixXd k(n, n);
  VectorXd cross(n);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) k(i, j) = covariance(x, rows.row(i), rows.row(j));
    cross[i] = covariance(x, rows.row(i), at.transpose());
  }
  k.diagonal() += noise;
  const MatrixXd inverse = k.inverse();
  const double mean = (inverse * values).sum() / (inverse.sum() + 1);
  const double signal = std::exp(x.parameters.log_signal);
  return {mean + cross.dot(inverse * (values.array() - mean).matrix()), std::sqrt(signal - cross.dot(inverse * cross))};
}

}  // namespace

TEST_CASE("what it foretells of a row left out is what it would without the row") {
  for (auto x : {smooth_example(12), mixed_example(20)}) {
    const auto model = model_of(x);
    const VectorXd noise = std::exp(x.parameters.log_noise) * x.data.shares + x.data.variance;
    const Index n = x.data.size();
    // The mean is that of all rows, so the values are taken relative to it, as a prior of zero mean.
    const MatrixXd all = MatrixXd::NullaryExpr(
        n, n, [&](Index i, Index j) { return covariance(x, x.data.rows.row(i), x.data.rows.row(j)); });
    const MatrixXd inverse = (all + MatrixXd(noise.asDiagonal())).inverse();
    const double mean = (inverse * x.data.values).sum() / (inverse.sum() + 1);
    double squares = 0, of_believed = 0;
    for (Index i = 0; i < n; ++i) {
      std::vector<Index> others;
      for (Index j = 0; j < n; ++j)
        if (j != i) others.push_back(j);
      const MatrixXd k = all(others, others) + MatrixXd(VectorXd(noise(others)).asDiagonal());
      const VectorXd cross = all(others, i), weights = k.inverse() * cross;
      const VectorXd centred = (x.data.values(others).array() - mean).matrix();
      const double error = x.data.values[i] - mean - weights.dot(centred);
      squares += error * error;
      of_believed += error * error / (all(i, i) + noise[i] - weights.dot(cross));
    }
    const auto health = model.left_out(x.data);
    const double variance = (x.data.values.array() - x.data.values.mean()).square().sum();
    CHECK(health.foretold == doctest::Approx(1 - squares / variance).epsilon(1e-5));
    CHECK(health.error == doctest::Approx(std::sqrt(of_believed / static_cast<double>(n))).epsilon(1e-5));
  }
}

TEST_CASE("mean and deviation are those of the textbook") {
  for (auto x : {smooth_example(12), mixed_example(20)}) {
    const auto model = model_of(x);
    const VectorXd noise = std::exp(x.parameters.log_noise) * x.data.shares + x.data.variance;
    for (const auto& at : x.elsewhere) {
      const auto expected = by_the_book(x, x.data.rows, x.data.values, noise, at);
      const auto got = model.at(at);
      CHECK(got.mean == doctest::Approx(expected.mean).epsilon(1e-6));
      CHECK(got.deviation == doctest::Approx(expected.deviation).epsilon(1e-5));
    }
    const auto expected = by_the_book(x, x.data.rows, x.data.values, noise, x.data.rows.row(3).transpose());
    CHECK(model.fitted()[3] == doctest::Approx(expected.mean).epsilon(1e-5));
  }
}

TEST_CASE("gradients agree with differences") {
  auto warped = smooth_example(12);
  warped.parameters.warps = {3, -0.7};
  for (auto x : {smooth_example(12), mixed_example(20), warped}) {
    auto model = model_of(x);
    model.believe(x.elsewhere.back());
    for (const auto& at : x.elsewhere) {
      if (&at == &x.elsewhere.back()) continue;  // where the deviation has its kink
      belief_gradient gradient;
      const auto here = model.at(at, gradient);
      CHECK(here.mean == doctest::Approx(model.at(at).mean));
      CHECK(here.deviation == doctest::Approx(model.at(at).deviation));
      for (Index c = 0; c < static_cast<Index>(x.how->numbers()); ++c) {
        auto above = at, below = at;
        above[c] += 1e-5;
        below[c] -= 1e-5;
        const auto up = model.at(above), down = model.at(below);
        CHECK(gradient.mean[c] == doctest::Approx((up.mean - down.mean) / 2e-5).epsilon(1e-4).scale(1e-3));
        CHECK(gradient.deviation[c] ==
              doctest::Approx((up.deviation - down.deviation) / 2e-5).epsilon(1e-4).scale(1e-3));
      }
    }
  }
}

TEST_CASE("what is believed is what an observation of the expected value would make") {
  const auto x = mixed_example(20);
  auto model = model_of(x);
  MatrixXd rows = x.data.rows;
  VectorXd values = x.data.values;
  VectorXd noise = std::exp(x.parameters.log_noise) * x.data.shares + x.data.variance;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& point = x.elsewhere[i];
    values.conservativeResize(values.size() + 1);
    // With the mean as it was: only the deviations need agree with a model made anew.
    values[values.size() - 1] = model.at(point).mean;
    noise.conservativeResize(noise.size() + 1);
    noise[noise.size() - 1] = std::exp(x.parameters.log_noise);
    rows.conservativeResize(rows.rows() + 1, rows.cols());
    rows.row(rows.rows() - 1) = point.transpose();
    model.believe(point);
  }
  for (std::size_t i = 3; i < x.elsewhere.size(); ++i) {
    const auto expected = by_the_book(x, rows, values, noise, x.elsewhere[i]);
    CHECK(model.at(x.elsewhere[i]).deviation == doctest::Approx(expected.deviation).epsilon(1e-5));
    CHECK(model.at(x.elsewhere[i]).mean == doctest::Approx(model_of(x).at(x.elsewhere[i]).mean));
  }
}

TEST_CASE("many at once are as one by one, also after more is believed") {
  const auto x = mixed_example(20);
  auto model = model_of(x);
  MatrixXd rows(static_cast<Index>(x.elsewhere.size()), x.data.rows.cols());
  for (std::size_t i = 0; i < x.elsewhere.size(); ++i) rows.row(static_cast<Index>(i)) = x.elsewhere[i].transpose();
  auto many = model.at_all(rows);
  for (int round = 0; round < 20; ++round) {  // beyond the room that was kept
    model.refresh(many);
    for (std::size_t i = 0; i < x.elsewhere.size(); ++i) {
      const auto one = model.at(x.elsewhere[i]);
      CHECK(many.mean[static_cast<Index>(i)] == doctest::Approx(one.mean));
      CHECK(std::sqrt(many.variance[static_cast<Index>(i)]) == doctest::Approx(one.deviation).epsilon(1e-6));
    }
    model.believe(x.elsewhere[static_cast<std::size_t>(round) % x.elsewhere.size()] * (1 + 0.01 * round));
  }
}

TEST_CASE("equal rows, and no noise at all, are survived; values that are no numbers are refused") {
  auto x = smooth_example(12);
  x.parameters.log_noise = -40;
  for (Index i = 0; i < 6; ++i) x.data.rows.row(i + 6) = x.data.rows.row(i);
  auto model = gaussian_process::make(x.how, x.data, x.parameters);
  REQUIRE(model);
  CHECK(std::isfinite(model->at(x.elsewhere[0]).mean));
  x.data.values[2] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(gaussian_process::make(x.how, x.data, x.parameters));
}

TEST_CASE("a task whose values are shifted teaches the shape of the full trials' values, and its shift is learnt") {
  const auto s = space_of({real("x", 0, 1)});
  const auto how = std::make_shared<const encoding>(s, std::vector<task>{{"part", 0.1}, {"all", 1}});
  auto f = [](double x) { return std::sin(6 * x); };
  training_data data;
  constexpr Index cheap = 20, full = 3, n = cheap + full;
  data.rows.resize(n, 2);
  data.values.resize(n);
  data.shares = VectorXd::Ones(n);
  data.variance = VectorXd::Zero(n);
  data.cheaper = MatrixXd::Zero(n, 2);
  for (Index i = 0; i < n; ++i) {
    const bool part = i < cheap;
    const double x = part ? static_cast<double>(i) / cheap : 0.1 + 0.2 * static_cast<double>(i - cheap);
    data.rows.row(i) = how->encode({{x}}, part ? 0 : 1).transpose();
    data.values[i] = f(x) + (part ? 1.5 : 0);
    if (part) data.cheaper(i, 0) = 1;
  }
  const auto model = *gaussian_process::make(how, data, {{std::log(0.3), std::log(0.6)}, 0, -12});
  for (double x : {0.2, 0.6, 0.8, 0.9}) CHECK(std::abs(model.at(how->encode({{x}})).mean - f(x)) < 0.25);
  auto apart = data;
  apart.cheaper.resize(0, 0);  // one mean for all: what is shifted is taken for shape
  const auto blind = *gaussian_process::make(how, apart, {{std::log(0.3), std::log(0.6)}, 0, -12});
  CHECK(std::abs(blind.at(how->encode({{0.9}})).mean - f(0.9)) >
        2 * std::abs(model.at(how->encode({{0.9}})).mean - f(0.9)));
}

TEST_CASE("the covariance of two configurations is the textbook's, and the variance where they are one") {
  for (const auto& x : {smooth_example(12), mixed_example(20)}) {
    const auto model = model_of(x);
    const Index n = x.data.size();
    MatrixXd k = MatrixXd::NullaryExpr(
        n, n, [&](Index i, Index j) { return covariance(x, x.data.rows.row(i), x.data.rows.row(j)); });
    k.diagonal() += std::exp(x.parameters.log_noise) * x.data.shares + x.data.variance;
    const auto &a = x.elsewhere[0], &b = x.elsewhere[1];
    VectorXd to_a(n), to_b(n);
    for (Index i = 0; i < n; ++i) {
      to_a[i] = covariance(x, x.data.rows.row(i), a.transpose());
      to_b[i] = covariance(x, x.data.rows.row(i), b.transpose());
    }
    const double expected = covariance(x, a.transpose(), b.transpose()) - to_a.dot(k.inverse() * to_b);
    CHECK(model.covariance(a, b) == doctest::Approx(expected).epsilon(1e-6).scale(1e-3));
    const double deviation = model.at(a).deviation;
    CHECK(model.covariance(a, a) == doctest::Approx(deviation * deviation).epsilon(1e-6));
  }
}
