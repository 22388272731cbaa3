#include "optimizer/stopping/leaders.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/pareto.hpp"
#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

std::vector<std::vector<double>> cloud(std::size_t count, std::size_t metrics, std::uint64_t seed) {
  random_source random(seed);
  std::vector<std::vector<double>> out(count);
  for (auto& x : out)
    for (std::size_t m = 0; m < metrics; ++m) x.push_back(random.uniform());
  return out;
}

}  // namespace

TEST_CASE("with one loss the leaders are the best") {
  leaders x(3);
  CHECK(x.insert(1, {0.5}).empty());
  CHECK(x.insert(2, {0.4}).empty());
  CHECK(x.insert(3, {0.9}).empty());
  CHECK(x.insert(4, {0.7}) == std::vector<std::uint64_t>{3});
  CHECK(x.insert(5, {0.8}) == std::vector<std::uint64_t>{5});
  CHECK(x.best(2) == std::vector<std::uint64_t>{2, 1});
  CHECK(x.best(9) == std::vector<std::uint64_t>{2, 1, 4});
}

TEST_CASE("who is forgotten does not matter: the leaders are those of all points") {
  constexpr std::size_t depth = 8;
  for (std::size_t metrics : {1u, 2u, 3u}) {
    const auto points = cloud(400, metrics, metrics);
    leaders x(depth);
    std::set<std::uint64_t> kept;
    for (std::size_t i = 0; i < points.size(); ++i) {
      kept.insert(i);
      for (auto key : x.insert(i, points[i])) CHECK(kept.erase(key) == 1);
    }
    std::set<std::uint64_t> few;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (std::ranges::count_if(points, [&](const auto& p) { return dominates(p, points[i]); }) <
          static_cast<std::ptrdiff_t>(depth))
        few.insert(i);
    CHECK(kept == few);
    CHECK(x.kept() == few.size());
  }
}

TEST_CASE("the order in which points come does not matter, equal ones included") {
  auto points = cloud(60, 2, 5);
  for (int i = 0; i < 30; ++i) points.push_back({0.01, 0.01});
  leaders forth(8), back(8);
  for (std::size_t i = 0; i < points.size(); ++i) forth.insert(i, points[i]);
  for (std::size_t i = points.size(); i-- > 0;) back.insert(i, points[i]);
  CHECK(forth.best(8) == back.best(8));
  CHECK(forth.best(8).size() == 8);
  CHECK(forth.kept() == back.kept());
}
