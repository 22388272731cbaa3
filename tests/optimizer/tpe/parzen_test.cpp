#include "optimizer/tpe/parzen.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
std::vector<weighted_point> weigh(const std::vector<assignments>& points, double weight = 1) {
  std::vector<weighted_point> out;
  for (const auto& p : points) out.push_back({&p, weight});
  return out;
}
}  // namespace

TEST_CASE("the density of a number integrates to one, also at the ends and for one point") {
  auto s = space_of({real("x", 0, 1)});
  for (const std::vector<assignments>& points :
       {std::vector<assignments>{}, {{{0.0}}}, {{{0.0}}, {{0.01}}, {{1.0}}, {{0.5}}}}) {
    parzen density(s, {0}, weigh(points));
    double sum = 0;
    constexpr int n = 20'000;
    for (int i = 0; i < n; ++i) sum += std::exp(density.log_density(std::vector{(i + 0.5) / n})) / n;
    CHECK(sum == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("the density of categories sums to one and prefers what was seen") {
  auto s = space_of({categorical("k", {"a", "b", "c"})});
  std::vector<assignments> points{{{1}}, {{1}}, {{2}}};
  parzen density(s, {0}, weigh(points));
  std::vector<double> p;
  for (double k : {0.0, 1.0, 2.0}) p.push_back(std::exp(density.log_density(std::vector{k})));
  CHECK(p[0] + p[1] + p[2] == doctest::Approx(1));
  CHECK(p[1] > p[2]);
  CHECK(p[2] > p[0]);
  CHECK(p[0] > 0.02);
}

TEST_CASE("draws follow the density") {
  auto s = space_of({real("x", 0, 1), categorical("k", {"a", "b", "c"})});
  std::vector<assignments> points{{{0.1, 0}}, {{0.15, 0}}, {{0.9, 2}}};
  parzen density(s, {0, 1}, weigh(points));
  constexpr int n = 40'000, bins = 10;
  std::map<std::pair<int, int>, double> seen;
  random_source random(1);
  for (int i = 0; i < n; ++i) {
    auto x = density.draw(random);
    seen[{static_cast<int>(x[0] * bins), static_cast<int>(x[1])}] += 1.0 / n;
  }
  for (int b = 0; b < bins; ++b)
    for (int k = 0; k < 3; ++k) {
      double expected = 0;
      for (int i = 0; i < 100; ++i)
        expected += std::exp(density.log_density(std::vector{(b + (i + 0.5) / 100) / bins, double(k)})) / 100 / bins;
      CHECK(std::abs(seen[{b, k}] - expected) < 0.01);
    }
}

TEST_CASE("it is a joint density: what goes together is remembered together") {
  auto s = space_of({real("x", 0, 1), real("y", 0, 1)});
  std::vector<assignments> points;
  for (int i = 0; i < 10; ++i) {
    points.push_back({{0.1 + 0.001 * i, 0.1 + 0.001 * i}});
    points.push_back({{0.9 - 0.001 * i, 0.9 - 0.001 * i}});
  }
  parzen density(s, {0, 1}, weigh(points));
  CHECK(density.log_density(std::vector{0.1, 0.1}) > density.log_density(std::vector{0.1, 0.9}) + 1);
}

TEST_CASE("weights count") {
  auto s = space_of({real("x", 0, 1)});
  std::vector<assignments> points{{{0.2}}, {{0.8}}};
  parzen density(s, {0}, {{&points[0], 5}, {&points[1], 0.1}});
  CHECK(density.log_density(std::vector{0.2}) > density.log_density(std::vector{0.8}) + 0.3);
}

TEST_CASE("log scales, integers and grids are drawn as values that exist") {
  auto s = space_of({logarithmic(integer("n", 1, 1000)), on_grid("g", {1, 10, 50}), logarithmic(real("r", 1e-6, 1))});
  std::vector<assignments> points{{{1, 1, 1e-6}}, {{1000, 50, 1}}};
  parzen density(s, {0, 1, 2}, weigh(points));
  random_source random(1);
  for (int i = 0; i < 500; ++i) {
    auto x = density.draw(random);
    CHECK(s.check({x}));
    CHECK(std::isfinite(density.log_density(x)));
  }
}

TEST_CASE("where nothing was seen the priors decide") {
  auto x = real("x", 0, 10);
  x.prior = normal_prior{8, 1};
  auto s = space_of({x, real("y", 0, 1)});
  parzen density(s, {0, 1}, {});
  CHECK(density.log_density(std::vector{8.0, 0.5}) - density.log_density(std::vector{6.0, 0.9}) ==
        doctest::Approx(2).epsilon(1e-9));
  random_source random(2);
  double sum = 0;
  for (int i = 0; i < 2000; ++i) sum += density.draw(random)[0] / 2000;
  CHECK(sum == doctest::Approx(8).epsilon(0.02));
}

TEST_CASE("many places at once are as dense as each by itself, also after kernels came") {
  auto x = real("x", 0, 1);
  x.prior = normal_prior{0.5, 0.3};
  auto s = space_of({x, integer("n", 1, 3), categorical("k", {"a", "b", "c"}), logarithmic(integer("m", 1, 1000))});
  std::vector<assignments> points{{{0.2, 1, 0, 1}}, {{0.25, 3, 2, 700}}, {{0.7, 2, 2, 3}}};
  parzen density(s, {0, 1, 2, 3}, weigh(points));
  for (int round = 0; round < 30; ++round) density.add({&points[static_cast<std::size_t>(round % 3)], 0.5});
  random_source random(4);
  Eigen::MatrixXd places(5, 20);
  std::vector<std::vector<double>> drawn;
  for (Eigen::Index q = 0; q < places.cols(); ++q) {
    drawn.push_back(density.draw(random));
    places.col(q) = density.place(drawn.back());
  }
  const auto all = density.log_densities(places);
  for (std::size_t q = 0; q < drawn.size(); ++q)
    CHECK(all[static_cast<Eigen::Index>(q)] == doctest::Approx(density.log_density(drawn[q])).epsilon(1e-5));
}

TEST_CASE("a kernel on a grid reaches its neighbours, however narrow the points make it") {
  auto s = space_of({on_grid("g", {1, 2, 3, 4, 5})});
  const std::vector<assignments> points(30, assignments{{1}});
  parzen density(s, {0}, weigh(points));
  // The kernels' part, without the uniform one's: normal, its deviation a value's share of 1/5.
  auto log_kernel = [&](double v) { return std::log(31 * std::exp(density.log_density(std::vector{v})) - 1); };
  CHECK(log_kernel(1) - log_kernel(2) == doctest::Approx(0.5));
  CHECK(log_kernel(1) - log_kernel(3) == doctest::Approx(2));
}
