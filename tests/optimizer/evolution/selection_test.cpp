#include "optimizer/evolution/selection.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace vilfredo;

namespace {

std::vector<graded> with_losses(const std::vector<std::vector<double>>& losses) {
  std::vector<graded> out;
  for (const auto& l : losses) out.push_back({nullptr, out.size(), l, {}, 0});
  return out;
}

std::set<std::size_t> as_set(const std::vector<std::size_t>& x) { return {x.begin(), x.end()}; }

}  // namespace

TEST_CASE("crowding is the gap between the neighbours, endless at the ends") {
  const auto d = crowding_distances({{0, 4}, {1, 3}, {4, 0}});
  CHECK(std::isinf(d[0]));
  CHECK(std::isinf(d[2]));
  CHECK(d[1] == doctest::Approx(2.0));  // the whole range in both objectives
  const auto equal = crowding_distances({{1, 1}, {1, 1}, {1, 1}});
  CHECK(equal.size() == 3);
}

TEST_CASE("better fronts survive first, and of the last one those that stand alone") {
  const auto all = with_losses({{5, 5}, {0, 10}, {10, 0}, {1, 9}, {1.1, 8.9}, {4, 4}, {1.2, 8.8}});
  CHECK(as_set(survivors(all, 3)) == std::set<std::size_t>{1, 2, 5});
  CHECK_FALSE(as_set(survivors(all, 6)).contains(0));  // dominated by (4, 4)
  CHECK(survivors(all, 20).size() == all.size());
}

TEST_CASE("the less violation the better, behind all that have none") {
  auto all = with_losses({{0}, {1}, {2}, {3}});
  all[0].violation = 0.5;
  all[1].violation = 0.2;
  CHECK(survivors(all, 3) == std::vector<std::size_t>{2, 3, 1});
}

TEST_CASE("one objective keeps the least losses in order") {
  CHECK(survivors(with_losses({{3}, {1}, {2}, {0}}), 2) == std::vector<std::size_t>{3, 1});
}

TEST_CASE("it says where the last of the kept fronts begins") {
  const auto all = with_losses({{5, 5}, {0, 10}, {10, 0}, {1, 9}, {6, 6}, {7, 7}});
  std::size_t last_front = 99;
  CHECK(survivors(all, 3, &last_front).size() == 3);
  CHECK(last_front == 0);
  const auto four = survivors(all, 5, &last_front);
  CHECK(last_front == 4);
  CHECK(four[4] == 4);
  survivors(all, 6, &last_front);
  CHECK(last_front == 5);
}

TEST_CASE("reference directions sum to one, are as many as fit, and reach each corner") {
  for (std::size_t m : {1, 2, 3, 4, 5}) {
    const auto all = reference_directions(m, 40);
    CHECK(all.size() <= 40);
    CHECK(all.size() >= m);
    std::size_t corners = 0;
    for (const auto& w : all) {
      CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
      for (double v : w) corners += v == 1;
    }
    CHECK(corners == m);
  }
  CHECK(reference_directions(3, 15).size() == 15);
}

TEST_CASE("of a plane front one point a direction survives, whatever the units and how far the front reaches") {
  const auto directions = reference_directions(3, 21);
  std::vector<std::vector<double>> losses;
  for (std::size_t k = 0; k < directions.size(); ++k) {
    const auto& w = directions[k];
    losses.push_back({3 + w[0], 100 * w[1] - 7, 1e-3 * w[2]});
    // Beside each a point that is not quite on its direction; not at the borders, which tell where the front ends.
    if (std::ranges::min(w) > 0)
      losses.push_back({losses.back()[0] + 0.02, losses.back()[1] - 1, 1e-3 * (w[2] - 0.01)});
  }
  const auto kept = as_set(survivors(with_losses(losses), 21, nullptr, 1));
  REQUIRE(kept.size() == 21);
  std::size_t on_directions = 0;
  for (auto k : kept) {
    const std::vector<double> where{losses[k][0] - 3, (losses[k][1] + 7) / 100, losses[k][2] / 1e-3};
    for (const auto& w : directions) on_directions += std::abs(where[0] - w[0]) + std::abs(where[1] - w[1]) < 1e-9;
  }
  CHECK(on_directions == 21);
}

TEST_CASE("with four objectives the survivors spread over the directions") {
  // Twenty points beside one corner of the front, one beside each of the others.
  std::vector<std::vector<double>> losses;
  for (int i = 0; i < 20; ++i)
    losses.push_back({0.9 + 0.005 * i, 0.05 - 0.001 * i, 0.05 - 0.001 * i, 0.05 - 0.001 * i});
  for (std::size_t j = 1; j < 4; ++j) {
    std::vector<double> p(4, 0.04);
    p[j] = 0.95;
    losses.push_back(p);
  }
  const auto kept = as_set(survivors(with_losses(losses), 4));
  CHECK(kept.size() == 4);
  for (std::size_t corner : {20, 21, 22}) CHECK(kept.contains(corner));
}
