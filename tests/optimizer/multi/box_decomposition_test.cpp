#include "optimizer/multi/box_decomposition.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/hypervolume.hpp"
#include "core/random.hpp"

using namespace vilfredo;

namespace {

using points = std::vector<std::vector<double>>;

std::vector<double> draw(std::size_t m, random_source& random) {
  std::vector<double> out(m);
  for (double& v : out) v = random.uniform();
  return out;
}

/// Points near a sphere about (1, …, 1), most of which do not dominate each other.
points front_like(std::size_t n, std::size_t m, random_source& random) {
  points out;
  for (std::size_t i = 0; i < n; ++i) {
    auto p = draw(m, random);
    double length = 0;
    for (double v : p) length += v * v;
    for (double& v : p) v = 1 - 0.9 * v / std::sqrt(length);
    out.push_back(std::move(p));
  }
  return out;
}

double improvement(const std::vector<cell>& cells, const std::vector<double>& y) {
  double sum = 0;
  for (const auto& c : cells) {
    double part = 1;
    for (std::size_t k = 0; k < y.size(); ++k) part *= std::max(0.0, c.upper[k] - std::max(c.lower[k], y[k]));
    sum += part;
  }
  return sum;
}

}  // namespace

TEST_CASE("what a point adds is the sum over the boxes, as the hypervolume says") {
  random_source random(1);
  for (std::size_t m : {1u, 2u, 3u, 4u, 5u})
    for (std::size_t n : {0u, 1u, 2u, 5u, 14u}) {
      CAPTURE(m);
      CAPTURE(n);
      const std::vector<double> reference(m, 1.0);
      auto front = n % 2 ? front_like(n, m, random) : points{};
      while (front.size() < n) front.push_back(draw(m, random));  // some dominate others
      const auto cells = undominated_cells(front, reference);
      const double before = hypervolume(front, reference);
      for (int i = 0; i < 20; ++i) {
        auto y = draw(m, random);
        for (double& v : y) v = 1.3 * v - 0.2;
        auto with = front;
        with.push_back(y);
        CHECK(improvement(cells, y) == doctest::Approx(hypervolume(with, reference) - before).epsilon(1e-9).scale(1));
      }
    }
}

TEST_CASE("no two boxes overlap, none holds a dominated point, each point is in a box or dominated") {
  random_source random(2);
  for (std::size_t m : {2u, 3u, 4u}) {
    const std::vector<double> reference(m, 1.0);
    const auto front = front_like(12, m, random);
    const auto cells = undominated_cells(front, reference);
    for (int i = 0; i < 2000; ++i) {
      const auto y = draw(m, random);
      int in = 0;
      for (const auto& c : cells) {
        bool inside = true;
        for (std::size_t k = 0; k < m; ++k) inside = inside && c.lower[k] <= y[k] && y[k] < c.upper[k];
        in += inside;
      }
      const bool dominated = std::ranges::any_of(front, [&](const auto& p) {
        for (std::size_t k = 0; k < m; ++k)
          if (p[k] > y[k]) return false;
        return true;
      });
      CHECK(in == (dominated ? 0 : 1));
    }
  }
}

TEST_CASE("two objectives give a box more than points, three at most twice as many and one") {
  random_source random(3);
  for (std::size_t n : {1u, 10u, 60u}) {
    auto two = front_like(n, 2, random);
    CHECK(undominated_cells(two, std::vector<double>(2, 1.0)).size() == n + 1);
    auto three = front_like(n, 3, random);
    CHECK(undominated_cells(three, std::vector<double>(3, 1.0)).size() <= 2 * n + 1);
    auto four = front_like(std::min<std::size_t>(n, 24), 4, random);
    MESSAGE(four.size() << " points of four objectives: " << undominated_cells(four, std::vector<double>(4, 1.0)).size()
                        << " boxes");
  }
}

TEST_CASE("points beyond the reference, repeats and equal coordinates do no harm") {
  const std::vector<double> reference{1, 1, 1};
  const points front{{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {2, 0, 0}, {0.5, 0.2, 0.9}, {0.1, 0.5, 0.9}, {1, 0.1, 0.1}};
  const auto cells = undominated_cells(front, reference);
  for (const auto& y : points{{0, 0, 0}, {0.4, 0.4, 0.4}, {0.5, 0.1, 0.95}, {0.9, 0.05, 0.05}}) {
    auto with = front;
    with.push_back(y);
    CHECK(improvement(cells, y) ==
          doctest::Approx(hypervolume(with, reference) - hypervolume(front, reference)).epsilon(1e-12));
  }
}
