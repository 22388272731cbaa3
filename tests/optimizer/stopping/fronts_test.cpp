#include "optimizer/stopping/fronts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/pareto.hpp"
#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Points on a coarse grid, so that there are many ties.
std::vector<fronts::member> cloud(std::size_t count, std::size_t metrics, std::uint64_t seed) {
  random_source random(seed);
  std::vector<fronts::member> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].key = i;
    for (std::size_t m = 0; m < metrics; ++m)
      out[i].losses.push_back(random.uniform() < 0.02 ? HUGE_VAL : static_cast<double>(random.below(12)));
  }
  return out;
}

void check_sorted(const fronts& x, const std::vector<fronts::member>& points) {
  std::vector<std::vector<double>> losses;
  for (const auto& p : points) losses.push_back(p.losses);
  const auto ranks = non_dominated_ranks(losses);
  CHECK(x.size() == points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    REQUIRE(x.front_of(points[i].losses) == ranks[i]);
    const auto& front = x.all()[ranks[i]];
    CHECK(std::ranges::is_sorted(front));
    CHECK(std::ranges::count(front, points[i]) == 1);
  }
}

}  // namespace

TEST_CASE("fronts kept while points come in are those of sorting them all at once") {
  for (std::size_t metrics : {1u, 2u, 3u})
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      auto points = cloud(150, metrics, seed);
      fronts x;
      for (const auto& p : points) x.insert(p);
      check_sorted(x, points);
    }
}

TEST_CASE("the order in which points come does not matter") {
  auto points = cloud(100, 2, 9);
  fronts forth, back;
  for (const auto& p : points) forth.insert(p);
  std::ranges::reverse(points);
  for (const auto& p : points) back.insert(p);
  CHECK(forth.all() == back.all());
}

TEST_CASE("a removed point leaves the fronts that there would be without it") {
  auto points = cloud(60, 2, 4);
  fronts x;
  for (const auto& p : points) x.insert(p);
  while (points.size() > 40) {
    x.erase(points.back());
    points.pop_back();
    check_sorted(x, points);
  }
}

TEST_CASE("a front is stood for by its ends and the middle of its widest gaps") {
  const std::vector<fronts::member> front{{{0, 10}, 1}, {{1, 9}, 2}, {{2, 8}, 3}, {{5, 5}, 4}, {{10, 0}, 5}};
  CHECK(spread(front, 1) == std::vector<std::size_t>{0});
  CHECK(spread(front, 2) == std::vector<std::size_t>{0, 4});
  CHECK(spread(front, 3) == std::vector<std::size_t>{0, 4, 3});
  CHECK(spread(front, 9) == std::vector<std::size_t>{0, 4, 3, 2, 1});
  CHECK(spread(front, 0).empty());
}

TEST_CASE("equal and infinite points of a front are chosen once each") {
  const std::vector<fronts::member> front{{{0, HUGE_VAL}, 1}, {{1, 5}, 2}, {{1, 5}, 3}};
  auto all = spread(front, 3);
  std::ranges::sort(all);
  CHECK(all == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("the hypervolume that each alone adds orders a front") {
  const std::vector<fronts::member> front{{{0, 4}, 1}, {{1, 2.9}, 2}, {{2, 1}, 3}, {{4, 0}, 4}};
  // The reference is (4.4, 4.4): 1 adds 1 · 0.4, 2 adds 1 · 1.1, 3 adds 2 · 1.9 and 4 adds 0.4 · 1.
  CHECK(largest(front, 2) == std::vector<std::size_t>{2, 1});
  CHECK(largest(front, 9).size() == 4);
  const std::vector<fronts::member> odd{{{0, HUGE_VAL}, 1}, {{1, 1}, 2}};
  CHECK(largest(odd, 1) == std::vector<std::size_t>{1});  // not finite adds nothing
}

TEST_CASE("among the best are whole fronts, and of the next one those chosen") {
  fronts all;
  const fronts::member a{{0, 0}, 1}, b{{1, 3}, 2}, c{{3, 1}, 3}, d{{2, 2}, 4}, e{{9, 9}, 5};
  for (const auto& m : {a, b, c, d, e}) all.insert(m);
  CHECK(among_best(all, a, 1));
  CHECK_FALSE(among_best(all, b, 1));
  CHECK(among_best(all, b, 3));
  CHECK(among_best(all, c, 3));
  CHECK_FALSE(among_best(all, d, 3));
  CHECK(among_best(all, d, 4));
  CHECK_FALSE(among_best(all, e, 4));
}
