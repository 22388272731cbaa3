#include "optimizer/design/enumeration.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
constexpr std::size_t plenty = 1'000'000;

std::vector<assignments> all_of(const space& s, std::size_t levels = 10) {
  std::vector<assignments> out;
  enumeration walk(s, levels);
  while (auto x = walk.next(plenty)) out.push_back(*x);
  CHECK(walk.exhausted());
  return out;
}

space conditional_space() {
  return space_of({when(integer("n", 1, 3), "kind", {"a"}), categorical("kind", {"a", "b"}),
                   when(categorical("deep", {"p", "q"}), "n_kind", {"y"}),
                   when(categorical("n_kind", {"x", "y"}), "kind", {"b"})});
}
}  // namespace

TEST_CASE("it walks through every configuration once, the last dimension fastest") {
  auto s = space_of({integer("n", 1, 2), on_grid("g", {0.5, 1.5, 9})});
  std::vector<std::vector<double>> seen;
  for (const auto& x : all_of(s)) seen.push_back(x.values);
  CHECK(seen == std::vector<std::vector<double>>{{1, 0.5}, {1, 1.5}, {1, 9}, {2, 0.5}, {2, 1.5}, {2, 9}});
}

TEST_CASE("reals and long integers have levels from end to end on their scale") {
  auto s = space_of({logarithmic(real("x", 1, 10'000))});
  std::vector<double> seen;
  for (const auto& x : all_of(s, 5)) seen.push_back(x.values[0]);
  REQUIRE(seen.size() == 5);
  CHECK(seen.front() == 1);
  CHECK(seen[2] == doctest::Approx(100));
  CHECK(seen.back() == 10'000);
  auto n = all_of(space_of({integer("n", 0, 1000)}), 3);
  REQUIRE(n.size() == 3);
  CHECK(n.front().values[0] == 0);
  CHECK(n.back().values[0] == 1000);
  CHECK(all_of(space_of({real("x", 0, 1)}), 1).at(0).values[0] == 0.5);
  CHECK(all_of(space_of({real("x", 3, 3)}), 7).size() == 1);
}

TEST_CASE("conditions make no duplicates") {
  auto s = conditional_space();
  auto all = all_of(s);
  std::set<std::uint64_t> prints;
  for (const auto& x : all) {
    CHECK(s.check(x));
    CHECK(prints.insert(fingerprint(x)).second);
  }
  CHECK(all.size() == 3 + 1 + 2);
  CHECK(all.size() == s.cardinality());
}

TEST_CASE("constraints are respected, and hopeless branches are left out early") {
  auto small = space_of({integer("a", 0, 9), integer("b", 0, 9)}, {at_most(3, {{"a", 1}, {"b", 1}})});
  CHECK(all_of(small).size() == 10);
  // 10^12 configurations, of which one is feasible.
  std::vector<parameter> parameters;
  std::vector<linear_constraint::term> terms;
  for (int i = 0; i < 12; ++i) {
    parameters.push_back(integer("n" + std::to_string(i), 0, 9));
    terms.push_back({"n" + std::to_string(i), 1});
  }
  auto big = space_of(parameters, {at_most(0, terms)});
  enumeration walk(big, 10);
  REQUIRE(walk.next(plenty));
  CHECK_FALSE(walk.next(plenty));
  CHECK(walk.exhausted());
  CHECK(walk.visits() < 1000);
}

TEST_CASE("it stops after so many steps and can be asked to go on") {
  auto s = space_of({integer("a", 0, 9), integer("b", 0, 9)});
  enumeration walk(s, 10);
  std::size_t found = 0;
  for (int i = 0; i < 1000 && !walk.exhausted(); ++i)
    if (walk.next(1)) ++found;
  CHECK(found == 100);
}

TEST_CASE("from any position it goes on where it was") {
  auto s = conditional_space();
  const auto all = all_of(s);
  for (std::size_t k = 0; k <= all.size(); ++k) {
    enumeration first(s, 10);
    for (std::size_t i = 0; i < k; ++i) first.next(plenty);
    enumeration second(s, 10);
    CHECK(second.resume(first.position()));
    for (std::size_t i = k; i < all.size(); ++i) CHECK(second.next(plenty) == all[i]);
    CHECK_FALSE(second.next(plenty));
    CHECK(second.exhausted());
  }
}

TEST_CASE("a foreign position is refused and it starts over") {
  auto s = space_of({integer("a", 0, 9), integer("b", 0, 9)});
  for (const std::vector<std::size_t>& bad : {std::vector<std::size_t>{}, {1}, {1, 2, 3}, {11, 0}, {0, 11}}) {
    enumeration walk(s, 10);
    walk.next(plenty);
    CHECK_FALSE(walk.resume(bad));
    CHECK(walk.next(plenty)->values == std::vector<double>{0, 0});
  }
}
