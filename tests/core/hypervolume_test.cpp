#include "core/hypervolume.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/random.hpp"

using namespace vilfredo;

namespace {

/// Inclusion and exclusion over all subsets: the volume of a union of boxes.
double by_inclusion_exclusion(const std::vector<std::vector<double>>& points, const std::vector<double>& reference) {
  double sum = 0;
  for (std::size_t subset = 1; subset < std::size_t{1} << points.size(); ++subset) {
    double box = 1;
    for (std::size_t k = 0; k < reference.size(); ++k) {
      double corner = -1e300;
      for (std::size_t i = 0; i < points.size(); ++i)
        if (subset >> i & 1) corner = std::max(corner, points[i][k]);
      box *= std::max(0.0, reference[k] - corner);
    }
    sum += __builtin_popcountll(subset) % 2 ? box : -box;
  }
  return sum;
}

std::vector<std::vector<double>> random_points(random_source& r, std::size_t n, std::size_t m, bool coarse) {
  std::vector<std::vector<double>> out(n, std::vector<double>(m));
  for (auto& p : out)
    for (auto& v : p) v = coarse ? static_cast<double>(r.below(5)) : r.uniform() * 5;
  return out;
}

}  // namespace

TEST_CASE("known volumes") {
  CHECK(hypervolume({}, std::vector<double>{1, 1}) == 0);
  CHECK(hypervolume({{0.25}}, std::vector<double>{1}) == 0.75);
  CHECK(hypervolume({{0, 0}}, std::vector<double>{2, 3}) == 6);
  CHECK(hypervolume({{0, 1}, {1, 0}}, std::vector<double>{2, 2}) == 3);
  CHECK(hypervolume({{1, 1, 1}, {0, 1, 1}}, std::vector<double>{2, 2, 2}) == 2);
  CHECK(hypervolume({{3, 0}, {0, 3}, {2, 1}}, std::vector<double>{2, 2}) == 0);  // on the edge or beyond it
}

TEST_CASE("every number of objectives agrees with inclusion and exclusion, ties and duplicates included") {
  random_source r(7);
  for (int round = 0; round < 400; ++round) {
    auto m = 1 + r.below(5);
    auto points = random_points(r, 1 + r.below(8), m, r.below(2) == 0);
    std::vector<double> reference(m);
    for (auto& v : reference) v = 2 + r.uniform() * 3;
    CAPTURE(m);
    CHECK(hypervolume(points, reference) == doctest::Approx(by_inclusion_exclusion(points, reference)).epsilon(1e-9));
  }
}

TEST_CASE("a contribution is what is lost without the point") {
  random_source r(8);
  for (int round = 0; round < 200; ++round) {
    auto m = 1 + r.below(4);
    auto points = random_points(r, 1 + r.below(7), m, r.below(2) == 0);
    std::vector<double> reference(m, 4.0);
    auto parts = hypervolume_contributions(points, reference);
    for (std::size_t i = 0; i < points.size(); ++i) {
      auto rest = points;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      double lost = by_inclusion_exclusion(points, reference) - by_inclusion_exclusion(rest, reference);
      CHECK(std::abs(parts[i] - lost) < 1e-9);
    }
  }
}

TEST_CASE("large fronts of two and three objectives are quick") {
  random_source r(9);
  for (std::size_t m : {2u, 3u}) {
    // Points on a simplex: none dominates another.
    std::vector<std::vector<double>> points;
    for (int i = 0; i < 30'000; ++i) {
      std::vector<double> p(m);
      double sum = 0;
      for (auto& v : p) sum += v = r.uniform();
      for (auto& v : p) v /= sum;
      points.push_back(p);
    }
    double volume = hypervolume(points, std::vector<double>(m, 1.0));
    // The cube less the simplex under the front, which the points nearly fill.
    double limit = m == 2 ? 0.5 : 1 - 1.0 / 6;
    CHECK(volume < limit);
    CHECK(volume > limit - 0.05);
  }
}
