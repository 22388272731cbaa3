#include "core/solutions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using test::experiment;
using test::minimize;
using test::must;
using test::real;

namespace {

struct past {
  definition d;
  space domain;
  history observations;

  explicit past(definition x) : d(std::move(x)), domain(must(space::make(d.space))) {}
  void add(std::vector<double> point, std::vector<double> values) {
    observation x;
    x.id = {observations.size() + 1};
    x.point.values = std::move(point);
    x.values = std::move(values);
    observations.append(std::move(x));
  }
  std::vector<std::uint64_t> answers() const {
    std::vector<std::uint64_t> out;
    for (auto id : solutions(d, domain, observations)) out.push_back(id.number);
    return out;
  }
};

past line(std::uint32_t wanted) {
  auto d = experiment({real("x", 0, 10)}, {minimize("y")});
  d.num_solutions = wanted;
  return past(std::move(d));
}

}  // namespace

TEST_CASE("several solutions are the best of places that lie far apart") {
  auto p = line(2);
  // Two valleys, near 1 and near 9, the first one deeper; a fifth of 20 is 4.
  for (int i = 0; i < 16; ++i) p.add({5}, {50});
  p.add({1.0}, {1});
  p.add({1.1}, {2});
  p.add({9.1}, {4});
  p.add({9.0}, {3});
  CHECK(p.answers() == std::vector<std::uint64_t>{17, 20});
}

TEST_CASE("a valley that is not as deep is a solution, too, however much was tried in the deepest") {
  auto p = line(2);
  for (int i = 0; i < 10; ++i) p.add({5 + 0.01 * i}, {50});
  for (int i = 0; i < 10; ++i) p.add({1 + 0.01 * i}, {1 + 0.1 * i});
  p.add({9}, {20});
  CHECK(p.answers() == std::vector<std::uint64_t>{11, 21});
}

TEST_CASE("where too few lie far apart the others are as far apart as there are") {
  auto p = line(3);
  p.add({1}, {1});
  p.add({1.01}, {2});
  p.add({1.6}, {3});
  p.add({1.6}, {4});
  p.add({1.3}, {5});
  // A tenth of the line is too far; half of that is not for 1.6, and a quarter not for 1.3.
  CHECK(p.answers() == std::vector<std::uint64_t>{1, 3, 5});
}

TEST_CASE("what was measured outside the bounds is as far away as it is") {
  auto p = line(2);
  // The best at one end, another beyond it, and at the other end what is worse; a fifth of 15 is 3.
  for (int i = 0; i < 12; ++i) p.add({5}, {50});
  p.add({0}, {1});
  p.add({-15}, {2});
  p.add({10}, {9});
  CHECK(p.answers() == std::vector<std::uint64_t>{13, 14});
  const double most = std::numeric_limits<double>::max();
  for (double far : {most, -most}) CHECK(std::isfinite(unlikeness(p.domain, {{far}}, {{0}})));
  CHECK(unlikeness(p.domain, {{-10}}, {{0}}) == doctest::Approx(1));
  CHECK(unlikeness(p.domain, {{-10}}, {{15}}) == doctest::Approx(2.5));
}

TEST_CASE("one solution is the best") {
  auto p = line(1);
  p.add({1}, {2});
  p.add({9}, {1});
  CHECK(p.answers() == std::vector<std::uint64_t>{2});
}

TEST_CASE("with few observations all are taken, and equal configurations count once") {
  auto p = line(4);
  CHECK(p.answers().empty());
  p.add({1}, {2});
  p.add({1}, {1});
  p.add({9}, {3});
  CHECK(p.answers() == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("what failed, was stopped, misses a threshold or is of a cheaper task is no solution") {
  auto d = experiment({real("x", 0, 10)}, {test::maximize("y"), test::keep_below("c", 1)});
  d.num_solutions = 2;
  past p(std::move(d));
  p.add({1}, {5, 2});
  p.add({2}, {4, 1});
  auto add_as = [&](auto change) {
    observation x;
    x.id = {p.observations.size() + 1};
    x.point.values = {8};
    x.values = {9, 0};
    change(x);
    p.observations.append(std::move(x));
  };
  add_as([](observation& x) { x.failure = "diverged"; });
  add_as([](observation& x) { x.stopped_at = 3; });
  add_as([](observation& x) { x.task = task_index{0}; });
  add_as([](observation& x) { x.values = {absent, 0}; });
  p.add({7}, {3, 0});
  CHECK(p.answers() == std::vector<std::uint64_t>{2, 7});
}

TEST_CASE("scales, categories and values that do not exist say how unlike two configurations are") {
  auto d = experiment({test::logarithmic(real("a", 1, 100)), test::categorical("k", {"p", "q"}),
                       test::when(real("b", 0, 1), "k", {"p"})},
                      {minimize("y")});
  const auto domain = must(space::make(d.space));
  const assignments one{{1, 0, 0.5}}, far{{100, 0, 0.5}}, other{{1, 1, absent}};
  CHECK(unlikeness(domain, one, one) == 0);
  CHECK(unlikeness(domain, one, far) == doctest::Approx(1));
  CHECK(unlikeness(domain, one, other) == doctest::Approx(std::sqrt(2)));
  CHECK(unlikeness(domain, other, other) == 0);
}
