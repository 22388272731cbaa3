#include "core/pareto.hpp"

#include <doctest/doctest.h>

#include <set>

#include "core/random.hpp"

using namespace vilfredo;

namespace {
/// Small whole numbers, so that ties and duplicates are frequent.
std::vector<std::vector<double>> random_points(random_source& r, std::size_t n, std::size_t m, std::uint64_t values) {
  std::vector<std::vector<double>> out(n, std::vector<double>(m));
  for (auto& p : out)
    for (auto& v : p) v = static_cast<double>(r.below(values));
  return out;
}
}  // namespace

TEST_CASE("a point dominates one that is nowhere better and somewhere worse") {
  using v = std::vector<double>;
  CHECK(dominates(v{1, 2}, v{1, 3}));
  CHECK_FALSE(dominates(v{1, 2}, v{1, 2}));
  CHECK_FALSE(dominates(v{1, 3}, v{2, 2}));
  CHECK_FALSE(dominates(v{1, 3}, v{1, 2}));
}

TEST_CASE("ranks are one more than the worst rank among the points that dominate") {
  random_source r(5);
  for (int round = 0; round < 200; ++round) {
    auto points = random_points(r, 1 + r.below(40), 1 + r.below(4), 6);
    auto rank = non_dominated_ranks(points);
    for (std::size_t i = 0; i < points.size(); ++i) {
      std::size_t expected = 0;
      for (std::size_t j = 0; j < points.size(); ++j)
        if (dominates(points[j], points[i])) expected = std::max(expected, rank[j] + 1);
      CHECK(rank[i] == expected);
    }
  }
  CHECK(non_dominated_ranks({}).empty());
}

TEST_CASE("a front kept point by point is the set of points that none dominates") {
  random_source r(6);
  for (int round = 0; round < 200; ++round) {
    auto points = random_points(r, 30, 1 + r.below(4), 8);
    pareto_front front;
    for (std::size_t n = 0; n < points.size(); ++n) {
      bool joined = front.insert(n + 1, points[n]);
      std::set<std::uint64_t> expected, kept;
      for (std::size_t i = 0; i <= n; ++i) {
        bool dominated = false;
        for (std::size_t j = 0; j <= n; ++j) dominated = dominated || dominates(points[j], points[i]);
        if (!dominated) expected.insert(i + 1);
      }
      for (const auto& m : front.members()) kept.insert(m.key);
      REQUIRE(kept == expected);
      CHECK(joined == expected.contains(n + 1));
    }
  }
}

TEST_CASE("a front with one objective holds the best, equals included") {
  pareto_front front;
  CHECK(front.insert(1, {3}));
  CHECK(front.insert(2, {2}));
  CHECK_FALSE(front.insert(3, {3}));
  CHECK(front.insert(4, {2}));
  REQUIRE(front.members().size() == 2);
  CHECK(front.members()[0].key == 2);
  CHECK(front.members()[1].key == 4);
}
