#include "optimizer/design/sobol.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/random.hpp"
#include "optimizer/design/sobol_directions.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

using points = std::vector<std::vector<double>>;

points sequence(std::size_t n, std::size_t dimensions, std::uint64_t seed, std::uint64_t first = 0) {
  sobol_sequence s(dimensions, seed);
  points out(n, std::vector<double>(dimensions));
  for (std::size_t i = 0; i < n; ++i) s.point(first + i, out[i]);
  return out;
}

points random_points(std::size_t n, std::size_t dimensions, std::uint64_t seed) {
  random_source random(seed);
  points out(n, std::vector<double>(dimensions));
  for (auto& p : out)
    for (double& v : p) v = random.uniform();
  return out;
}

/// Centred L2 discrepancy over these dimensions (Hickernell 1998).
double discrepancy(const points& all, const std::vector<std::size_t>& dimensions) {
  const double n = static_cast<double>(all.size());
  double one = 0, two = 0;
  for (const auto& x : all) {
    double product = 1;
    for (auto j : dimensions) {
      const double c = std::abs(x[j] - 0.5);
      product *= 1 + c / 2 - c * c / 2;
    }
    one += product;
  }
  for (const auto& x : all)
    for (const auto& y : all) {
      double product = 1;
      for (auto j : dimensions)
        product *= 1 + std::abs(x[j] - 0.5) / 2 + std::abs(y[j] - 0.5) / 2 - std::abs(x[j] - y[j]) / 2;
      two += product;
    }
  return std::sqrt(std::pow(13.0 / 12, static_cast<double>(dimensions.size())) - 2 / n * one + two / (n * n));
}

/// The greatest difference between a box's share of points and its area, over boxes from the origin to a point.
double star_discrepancy(const points& all, std::size_t a, std::size_t b) {
  double worst = 0;
  const double n = static_cast<double>(all.size());
  for (const auto& corner : all) {
    double closed = 0, open = 0;
    for (const auto& x : all) {
      closed += x[a] <= corner[a] && x[b] <= corner[b];
      open += x[a] < corner[a] && x[b] < corner[b];
    }
    const double area = corner[a] * corner[b];
    worst = std::max({worst, std::abs(closed / n - area), std::abs(area - open / n)});
  }
  return worst;
}

}  // namespace

TEST_CASE("each dimension is stratified: 2^k points lie one in each of 2^k slices") {
  for (std::uint64_t seed : {1, 2}) {
    auto all = sequence(256, 50, seed);
    for (std::size_t j = 0; j < 50; ++j) {
      std::set<int> slices;
      for (const auto& x : all) {
        CHECK(x[j] > 0);
        CHECK(x[j] < 1);
        slices.insert(static_cast<int>(x[j] * 256));
      }
      CHECK(slices.size() == 256);
    }
  }
}

TEST_CASE("two-dimensional projections are far more even than random points") {
  const auto even = sequence(256, 12, 5);
  const auto scattered = random_points(256, 12, 5);
  double sobol = 0, random = 0, worst = 0;
  int pairs = 0;
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t b = a + 1; b < 12; ++b, ++pairs) {
      const auto here = discrepancy(even, {a, b});
      sobol += here;
      worst = std::max(worst, here);
      random += discrepancy(scattered, {a, b});
    }
  MESSAGE("centred L2 discrepancy of 256 points in 2-D: " << sobol / pairs << " (worst " << worst << "), random "
                                                          << random / pairs);
  CHECK(sobol < random / 5);
  CHECK(worst < random / pairs / 2);
  const auto star = star_discrepancy(even, 0, 1), random_star = star_discrepancy(scattered, 0, 1);
  MESSAGE("star discrepancy: " << star << ", random " << random_star);
  CHECK(star < random_star / 3);
}

TEST_CASE("eight dimensions together are far more even than random points") {
  const std::vector<std::size_t> first{0, 1, 2, 3, 4, 5, 6, 7}, others{9, 14, 17, 21, 25, 30, 33, 38};
  double sobol = 0, spread = 0, random = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto all = sequence(512, 40, seed);
    sobol += discrepancy(all, first);
    spread += discrepancy(all, others);
    random += discrepancy(random_points(512, 40, seed), first);
  }
  MESSAGE("centred L2 discrepancy of 512 points in 8-D: " << sobol / 5 << ", of other dimensions " << spread / 5
                                                          << ", random " << random / 5);
  CHECK(sobol < random / 2);
  CHECK(spread < random / 1.7);
}

TEST_CASE("integrals converge faster than with random points, in high dimensions too") {
  constexpr std::size_t d = 1000, n = 1024;
  auto error = [&](const points& all) {
    double sum = 0;
    for (const auto& x : all) {
      double f = 0;
      for (std::size_t j = 0; j < d; ++j) f += x[j] * x[j];
      sum += f / d;
    }
    return std::abs(sum / n - 1.0 / 3);
  };
  CHECK(error(sequence(n, d, 3)) < 1e-5);
  CHECK(error(random_points(n, d, 3)) > 1e-5);
}

TEST_CASE("any point is computed by itself, and the seed decides it") {
  auto all = sequence(64, 6, 42);
  CHECK(sequence(1, 6, 42, 63)[0] == all[63]);
  CHECK(sequence(64, 6, 42) == all);
  CHECK(sequence(64, 6, 43) != all);
  CHECK(sequence(64, 4, 42)[10] == std::vector<double>(all[10].begin(), all[10].begin() + 4));
}

TEST_CASE("over the seeds each point is uniform") {
  int low = 0;
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    auto x = sequence(1, 3, seed, 5)[0];
    low += x[2] < 0.25;
    sum += x[2];
  }
  CHECK(std::abs(low / 2000.0 - 0.25) < 0.03);
  CHECK(std::abs(sum / 2000 - 0.5) < 0.02);
}

TEST_CASE("a point outside the constraints is moved into them, one inside stays") {
  auto free = space_of({real("a", 0, 1), real("b", 0, 1)});
  auto cut = space_of({real("a", 0, 1), real("b", 0, 1)}, {at_most(1, {{"a", 1}, {"b", 1}})});
  int moved = 0;
  for (std::uint64_t i = 0; i < 64; ++i) {
    auto x = sobol_point(free, 3, i), y = sobol_point(cut, 3, i);
    CHECK(cut.check(y));
    if (cut.feasible(x))
      CHECK(x == y);
    else
      ++moved;
  }
  CHECK(moved > 20);
}

TEST_CASE("plan by plan the sampler goes through one sequence without a gap") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("m")});
  auto job = contract_job(d, 0, 0, past::ordinary, 3);
  job.count = 8;
  std::set<int> slices;
  for (int i = 0; i < 8; ++i) {
    auto made = must(suggest_sobol(job));
    for (const auto& x : made.candidates) slices.insert(static_cast<int>(x.values[0] * 64));
    job.first += made.candidates.size();
    job.hint = made.hint;
    ++job.seed;
  }
  CHECK(slices.size() == 64);
}
