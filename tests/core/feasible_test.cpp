#include "core/feasible.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
bool possible(std::vector<parameter> parameters, std::vector<linear_constraint> constraints) {
  return bool(space::make({std::move(parameters), {}, std::move(constraints)}));
}
}  // namespace

TEST_CASE("an interior point keeps its distance from every constraint") {
  auto s = space_of({real("a", 0, 10), real("b", 0, 10), real("c", -5, 5)},
                    {at_most(6, {{"a", 1}, {"b", 1}}), at_least(4, {{"a", 1}, {"c", 2}}), at_least(1, {{"b", 1}})});
  auto x = find_interior(s);
  REQUIRE(x);
  const auto& v = *x;
  CHECK(v[0] + v[1] < 5.9);
  CHECK(v[0] + 2 * v[2] > 4.1);
  CHECK(v[1] > 1.1);
}

TEST_CASE("constraints that exclude each other leave no room") {
  CHECK(possible({real("a", 0, 1), real("b", 0, 1)}, {at_most(1, {{"a", 1}, {"b", 1}})}));
  CHECK_FALSE(possible({real("a", 0, 1), real("b", 0, 1)},
                       {at_most(0.5, {{"a", 1}, {"b", 1}}), at_least(0.6, {{"a", 1}, {"b", 1}})}));
  // Each pair can be met, all three cannot.
  CHECK_FALSE(possible({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)},
                       {at_least(0.5, {{"a", 1}, {"b", -1}}), at_least(0.5, {{"b", 1}, {"c", -1}}),
                        at_least(0.5, {{"c", 1}, {"a", -1}})}));
  // A line through the square is not room: nothing would ever be drawn on it.
  CHECK_FALSE(possible({real("a", 0, 1), real("b", 0, 1)},
                       {at_most(1, {{"a", 1}, {"b", 1}}), at_least(1, {{"a", 1}, {"b", 1}})}));
}

TEST_CASE("whole numbers may meet constraints exactly") {
  auto s = space_of({integer("a", 0, 10), integer("b", 0, 10)},
                    {at_most(7, {{"a", 1}, {"b", 1}}), at_least(7, {{"a", 1}, {"b", 1}})});
  feasible_sampler sampler(s);
  random_source r(1);
  std::map<double, int> seen;
  for (int i = 0; i < 400; ++i) {
    auto x = sampler.draw(r);
    REQUIRE(x.values[0] + x.values[1] == 7);
    ++seen[x.values[0]];
  }
  CHECK(seen.size() == 8);  // all of 0 … 7
  CHECK_FALSE(possible({integer("a", 0, 10), integer("b", 0, 10)},
                       {at_most(7.5, {{"a", 2}, {"b", 2}}), at_least(6.5, {{"a", 2}, {"b", 2}})}));
}

TEST_CASE("draws satisfy the constraints and are the same for the same random numbers") {
  auto s = space_of({real("a", 0, 1), logarithmic(real("b", 0.001, 1)), integer("n", 1, 50),
                     logarithmic(integer("m", 1, 1000)), on_grid("g", {0.1, 0.2, 0.5}), categorical("k", {"p", "q"}),
                     when(real("z", 0, 1), "k", {"q"})},
                    {at_most(1, {{"a", 1}, {"b", 1}, {"g", 1}}), at_least(10, {{"n", 1}, {"m", 0.1}}),
                     at_most(40, {{"n", 1}, {"a", 10}})});
  feasible_sampler sampler(s);
  random_source r(2), twin(2);
  for (int i = 0; i < 1000; ++i) {
    auto x = sampler.draw(r);
    REQUIRE(s.check(x));
    REQUIRE(x == sampler.draw(twin));
  }
}

TEST_CASE("rejection draws uniformly") {
  auto s = space_of({real("a", 0, 1), real("b", 0, 1)}, {at_most(1, {{"a", 1}, {"b", 1}})});
  feasible_sampler sampler(s);
  random_source r(3);
  double a = 0, b = 0;
  int corner = 0;
  constexpr int n = 20'000;
  for (int i = 0; i < n; ++i) {
    auto x = sampler.draw(r);
    a += x.values[0];
    b += x.values[1];
    corner += x.values[0] + x.values[1] < 0.5;
  }
  CHECK(std::abs(a / n - 1.0 / 3) < 0.01);
  CHECK(std::abs(b / n - 1.0 / 3) < 0.01);
  CHECK(std::abs(static_cast<double>(corner) / n - 0.25) < 0.015);
}

TEST_CASE("hit-and-run fills a set that rejection hardly finds, evenly") {
  // A simplex in eight dimensions has the share 1/8! = 1/40 320 of its cube.
  std::vector<parameter> parameters;
  std::vector<linear_constraint::term> terms;
  for (int i = 0; i < 8; ++i) {
    auto name = "w" + std::to_string(i);
    parameters.push_back(real(name, 0, 1));
    terms.push_back({name, 1});
  }
  auto s = space_of(parameters, {at_most(1, terms)});
  feasible_sampler sampler(s);
  random_source r(4);
  std::vector<double> mean(8);
  double sums = 0;
  constexpr int n = 3000;
  for (int i = 0; i < n; ++i) {
    auto x = sampler.draw(r);
    REQUIRE(s.feasible(x));
    for (std::size_t k = 0; k < 8; ++k) {
      mean[k] += x.values[k] / n;
      sums += x.values[k] / n;
    }
  }
  // Uniform on the simplex: each coordinate's mean is 1/9.
  for (double m : mean) CHECK(std::abs(m - 1.0 / 9) < 0.012);
  CHECK(std::abs(sums - 8.0 / 9) < 0.02);
}

TEST_CASE("a thin slice is found and filled") {
  auto s =
      space_of({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)},
               {at_most(1.0001, {{"a", 1}, {"b", 1}, {"c", 1}}), at_least(0.9999, {{"a", 1}, {"b", 1}, {"c", 1}})});
  feasible_sampler sampler(s);
  random_source r(5);
  double low = 1, high = 0;
  for (int i = 0; i < 300; ++i) {
    auto x = sampler.draw(r);
    REQUIRE(s.feasible(x));
    low = std::min(low, x.values[0]);
    high = std::max(high, x.values[0]);
  }
  CHECK(low < 0.1);
  CHECK(high > 0.8);
}

TEST_CASE("repair leaves feasible points alone and moves others only to the edge") {
  auto s = space_of({real("a", 0, 1), real("b", 0, 1), real("free", 0, 1)}, {at_most(1, {{"a", 1}, {"b", 1}})});
  feasible_sampler sampler(s);
  CHECK(sampler.repair(std::vector<double>{0.3, 0.4, 0.9}) == assignments{{0.3, 0.4, 0.9}});
  auto moved = sampler.repair(std::vector<double>{0.9, 0.8, 0.123});
  CHECK(s.feasible(moved));
  CHECK(moved.values[0] + moved.values[1] == doctest::Approx(1));
  CHECK(moved.values[2] == 0.123);
  random_source r(6);
  auto hard = space_of({integer("a", 0, 100), logarithmic(real("b", 0.01, 1)), on_grid("c", {0, 1, 5, 9})},
                       {at_most(20, {{"a", 1}, {"b", 10}, {"c", 1}}), at_least(6, {{"a", 1}, {"c", 1}})});
  feasible_sampler hard_sampler(hard);
  for (int i = 0; i < 500; ++i)
    REQUIRE(hard.check(hard_sampler.repair(std::vector<double>{r.uniform(), r.uniform(), r.uniform()})));
}

TEST_CASE("many random systems: what is found is feasible, and what was drawn to be possible is found") {
  random_source r(7);
  for (int round = 0; round < 150; ++round) {
    std::vector<parameter> parameters;
    auto n = 2 + r.below(6);
    for (std::size_t i = 0; i < n; ++i) {
      auto name = "p" + std::to_string(i);
      switch (r.below(3)) {
      case 0: parameters.push_back(real(name, -1, 1)); break;
      case 1: parameters.push_back(integer(name, -5, 20)); break;
      default: parameters.push_back(on_grid(name, {-2, 0, 1, 7})); break;
      }
    }
    // Constraints through the neighbourhood of a point that satisfies them all.
    auto free = space_of(parameters);
    std::vector<double> u(n);
    for (auto& v : u) v = r.uniform();
    auto inside = free.from_unit(u);
    std::vector<linear_constraint> constraints;
    for (std::uint64_t c = 0; c < 1 + r.below(4); ++c) {
      std::vector<linear_constraint::term> terms;
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        double weight = static_cast<double>(r.below(7)) - 3;
        if (weight == 0) continue;
        terms.push_back({parameters[i].name, weight});
        sum += weight * inside.values[i];
      }
      if (!terms.empty()) constraints.push_back(at_most(sum + 0.3, terms));
    }
    CAPTURE(round);
    auto s = space::make({parameters, {}, constraints});
    REQUIRE(s);
    feasible_sampler sampler(*s);
    for (int i = 0; i < 20; ++i) REQUIRE(s->check(sampler.draw(r)));
  }
}
