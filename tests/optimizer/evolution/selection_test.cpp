#include "optimizer/evolution/selection.hpp"

#include <doctest/doctest.h>

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
