#include "core/space.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/random.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::string refusal(std::vector<parameter> parameters, std::vector<linear_constraint> constraints = {},
                    std::vector<conditional> conditionals = {}) {
  auto made = space::make({std::move(parameters), std::move(conditionals), std::move(constraints)});
  return made ? "accepted" : made.error().message;
}

std::vector<double> random_unit(random_source& r, std::size_t n) {
  std::vector<double> u(n);
  for (auto& v : u) v = r.uniform();
  return u;
}
}  // namespace

TEST_CASE("a uniform coordinate is uniform on the parameter's scale") {
  auto s =
      space_of({real("a", -2, 6), logarithmic(real("b", 0.01, 100)), integer("c", 3, 7),
                logarithmic(integer("d", 1, 100)), categorical("e", {"p", "q", "r"}), on_grid("f", {1, 10, 50, 1000})});
  CHECK(s.from_unit(0, 0.25) == 0);
  CHECK(s.from_unit(1, 0.5) == doctest::Approx(1.0));
  CHECK(s.from_unit(1, 0.75) == doctest::Approx(10.0));
  std::map<double, int> ints, logs, kinds, grid;
  constexpr int n = 60'000;
  for (int i = 0; i < n; ++i) {
    double u = (i + 0.5) / n;
    ++ints[s.from_unit(2, u)];
    ++logs[s.from_unit(3, u)];
    ++kinds[s.from_unit(4, u)];
    ++grid[s.from_unit(5, u)];
  }
  CHECK(ints.size() == 5);
  for (auto [v, count] : ints) CHECK(count == n / 5);
  CHECK(kinds.size() == 3);
  for (auto [v, count] : kinds) CHECK(count == n / 3);
  CHECK(grid.size() == 4);
  for (auto [v, count] : grid) CHECK(count == n / 4);
  // A log integer's share is the log of the ratio of its cell's ends.
  CHECK(logs.size() == 100);
  double whole = std::log(100.5 / 0.5);
  for (auto k : {1.0, 2.0, 10.0, 100.0}) CHECK(std::abs(logs[k] - n * std::log((k + 0.5) / (k - 0.5)) / whole) < 2);
}

TEST_CASE("the ends of the unit interval are the ends of the range, and nothing leaves it") {
  auto s = space_of({real("a", -3, 7), logarithmic(real("b", 0.003, 71)), integer("c", -5, 9),
                     logarithmic(integer("d", 2, 9)), categorical("e", {"p", "q"}), on_grid("f", {0.1, 0.2})});
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto& p = s.dimensions()[i];
    double low = p.type == parameter_type::categorical ? 0 : p.min;
    double high = p.type == parameter_type::categorical ? 1 : p.max;
    CHECK(s.from_unit(i, 0) == low);
    CHECK(s.from_unit(i, 1) == high);
    CHECK(s.from_unit(i, -4) == low);
    CHECK(s.from_unit(i, 5) == high);
    CHECK(s.from_unit(i, none) == low);
  }
}

TEST_CASE("the unit cube and back gives the same configuration") {
  auto s = space_of({real("a", -2, 6), logarithmic(real("b", 1e-6, 100)), integer("c", -9007199254740992.0, 0),
                     logarithmic(integer("d", 1, 1000)), categorical("e", {"p", "q", "r"}),
                     on_grid("f", {0.1, 0.5, 0.9}), when(integer("g", 0, 3), "e", {"q"}), real("h", -1e308, 1e308),
                     real("same", 4, 4), integer("one", 7, 7)});
  random_source r(3);
  for (int round = 0; round < 2000; ++round) {
    auto x = s.from_unit(random_unit(r, s.size()));
    REQUIRE(s.check(x));
    auto u = s.to_unit(x);
    auto again = s.from_unit(u);
    for (std::size_t i = 0; i < s.size(); ++i) {
      REQUIRE(u[i] >= 0);
      REQUIRE(u[i] <= 1);
      if (!s.active(x, i)) {
        CHECK(std::isnan(again.values[i]));
        CHECK(u[i] == 0.5);
      } else if (s.dimensions()[i].type == parameter_type::real || i == 2) {
        CHECK(again.values[i] == doctest::Approx(x.values[i]).epsilon(1e-9));
      } else {
        CHECK(again.values[i] == x.values[i]);
      }
    }
  }
}

TEST_CASE("dimensions are the conditionals, then the parameters") {
  auto s = space_of({real("x", 0, 1), when(real("y", 0, 1), "mode", {"on"})}, {}, {{"mode", {"off", "on"}}});
  CHECK(s.size() == 3);
  CHECK(s.dimensions()[0].name == "mode");
  CHECK(s.find("y") == 2);
  CHECK_FALSE(s.find("z"));
}

TEST_CASE("conditions nest, and what hangs on an inactive parameter is inactive") {
  // Declared backwards, so that the order must be found.
  auto s =
      space_of({when(real("leaf", 0, 1), "branch", {"l"}), when(categorical("branch", {"k", "l"}), "root", {"b", "c"}),
                categorical("root", {"a", "b", "c"})});
  CHECK(s.order() == std::vector<std::size_t>{2, 1, 0});
  auto all = s.from_unit(std::vector<double>{0.5, 0.9, 0.9});
  CHECK(all.values == std::vector<double>{0.5, 1, 2});
  auto no_leaf = s.from_unit(std::vector<double>{0.5, 0.1, 0.9});
  CHECK(no_leaf == assignments{{none, 0, 2}});
  auto root_only = s.from_unit(std::vector<double>{0.5, 0.9, 0.1});
  CHECK(root_only == assignments{{none, none, 0}});
  // The root decides even when an inactive branch carries a value.
  CHECK_FALSE(s.active({{none, 1, 0}}, 0));
  CHECK(s.active({{none, 1, 1}}, 0));
  CHECK(s.check({{0.5, 1, 0}}).error().message == "parameter \"leaf\" does not exist here: its conditions do not hold");
}

TEST_CASE("assignments are equal when their bits are, whatever kind of NaN") {
  assignments a{{1, none}}, b{{1, -none}}, c{{0.0, none}}, d{{-0.0, none}};
  CHECK(a == b);
  CHECK(fingerprint(a) == fingerprint(b));
  CHECK_FALSE(c == d);
  CHECK_FALSE(a == c);
  CHECK(fingerprint(a) != fingerprint(c));
  CHECK(fingerprint({{1, 2}}) != fingerprint({{2, 1}}));
}

TEST_CASE("values are read by name, and defaults fill in") {
  auto s = space_of({real("a", 0, 1), with_default(integer("b", 1, 9), std::int64_t{4}), categorical("c", {"p", "q"}),
                     when(real("d", 0, 1), "c", {"q"})});
  auto x = must(s.read({{"a", 0.5}, {"c", std::string("p")}}));
  CHECK(x == assignments{{0.5, 4, 0, none}});
  CHECK(s.name(x) == std::vector<named_value>{{"a", 0.5}, {"b", std::int64_t{4}}, {"c", std::string("p")}});
  CHECK(must(s.read({{"a", std::int64_t{1}}, {"b", 2.0}, {"c", std::string("q")}, {"d", 0.25}})) ==
        assignments{{1, 2, 1, 0.25}});
  auto why = [&](std::vector<named_value> named) { return s.read(named).error().message; };
  CHECK(why({{"c", std::string("p")}}) == "parameter \"a\": is missing and has no default");
  CHECK(why({{"a", 0.5}, {"c", std::string("q")}}) == "parameter \"d\": is missing and has no default");
  CHECK(why({{"a", 0.5}, {"c", std::string("p")}, {"d", 0.5}}) ==
        "parameter \"d\": does not exist here: its conditions do not hold");
  CHECK(why({{"a", 1.5}, {"c", std::string("p")}}) == "parameter \"a\": 1.5 is not between 0 and 1");
  CHECK(why({{"a", none}, {"c", std::string("p")}}) == "parameter \"a\": has no value");
  CHECK(why({{"a", 0.5}, {"b", 2.5}, {"c", std::string("p")}}) == "parameter \"b\": 2.5 is not an integer");
  CHECK(why({{"a", std::string("x")}, {"c", std::string("p")}}) == "parameter \"a\": \"x\" is not a number");
  CHECK(why({{"a", 0.5}, {"c", 1.0}}) == "parameter \"c\": needs one of its values (\"p\", \"q\")");
  CHECK(why({{"a", 0.5}, {"c", std::string("zz")}}) ==
        "parameter \"c\": \"zz\" is not one of its values (\"p\", \"q\")");
  CHECK(why({{"a", 0.5}, {"a", 0.5}, {"c", std::string("p")}}) == "parameter \"a\": is there twice");
  CHECK(why({{"A", 0.5}}) == "\"A\" is not a parameter; did you mean \"a\"?");
}

TEST_CASE("negative zero is zero") {
  auto s = space_of({real("a", -1, 1), on_grid("g", {-0.0, 1})});
  CHECK(must(s.read({{"a", -0.0}, {"g", -0.0}})) == assignments{{0.0, 0.0}});
  CHECK_FALSE(std::signbit(s.from_unit(1, 0)));
}

TEST_CASE("linear constraints hold to rounding and are named when they do not") {
  auto s = space_of({real("a", 0, 1), real("b", 0, 1), integer("n", 0, 10)},
                    {at_most(1, {{"a", 1}, {"b", 1}}), at_least(3, {{"n", 1}, {"a", -1}})});
  CHECK(s.constrained());
  CHECK(s.feasible({{0.5, 0.5, 4}}));
  CHECK(s.feasible({{0.1 + 0.2, 0.7, 4}}));  // 1.0000000000000002
  CHECK_FALSE(s.feasible({{0.6, 0.5, 4}}));
  CHECK_FALSE(s.feasible({{0.5, 0.5, 3}}));
  CHECK(s.check({{0.5, 0.5, 3}}).error().message == "linear_constraints[1] does not hold");
  CHECK(s.check({{0.6, 0.6, 9}}).error().message == "linear_constraints[0] does not hold");
}

TEST_CASE("check refuses what is outside") {
  auto s = space_of({integer("n", 0, 4), categorical("c", {"p", "q"}), on_grid("g", {0.5, 0.7})});
  CHECK(s.check({{4, 1, 0.7}}));
  CHECK(s.check({{4, 1}}).error().message == "the assignments have 2 values for 3 parameters");
  CHECK(s.check({{5, 1, 0.7}}).error().message == "parameter \"n\": 5 is not between 0 and 4");
  CHECK(s.check({{1, 2, 0.7}}).error().message == "parameter \"c\": has no category 2");
  CHECK(s.check({{1, 0.5, 0.7}}).error().message == "parameter \"c\": has no category 0.5");
  CHECK(s.check({{1, 1, 0.6}}).error().message == "parameter \"g\": 0.6 is not on the grid");
  CHECK(s.check({{none, 1, 0.5}}).error().message == "parameter \"n\": has no value");
}

TEST_CASE("a space counts its configurations") {
  auto size = [](std::vector<parameter> p, std::vector<conditional> c = {}) {
    return space_of(std::move(p), {}, std::move(c)).cardinality();
  };
  CHECK(size({integer("a", 1, 4), categorical("b", {"p", "q", "r"}), on_grid("c", {1, 2})}) == 24);
  CHECK(size({real("constant", 2, 2), integer("a", 1, 4)}) == 4);
  CHECK_FALSE(size({real("a", 0, 1), integer("b", 1, 4)}));
  CHECK_FALSE(size({integer("a", 0, 1e15), integer("b", 0, 1e15)}));
  // p: 1, q: 4, so 5 in all, times the free dimension
  CHECK(size({categorical("k", {"p", "q"}), when(integer("n", 1, 4), "k", {"q"}), integer("m", 1, 3)}) == 15);
  CHECK(size({when(integer("n", 1, 4), "k", {"q"}), when(categorical("j", {"u", "v"}), "k", {"p", "q"}),
              when(integer("deep", 1, 10), "j", {"v"})},
             {{"k", {"o", "p", "q"}}}) == 1 + 11 + 44);
}

TEST_CASE("a space's count is the number of different configurations the cube maps to") {
  auto s = space_of({categorical("k", {"p", "q"}), when(integer("n", 1, 3), "k", {"q"}),
                     when(categorical("j", {"u", "v"}), "k", {"p"}), when(on_grid("g", {1, 2}), "j", {"v"})});
  std::set<std::uint64_t> seen;
  random_source r(12);
  for (int i = 0; i < 2000; ++i) seen.insert(fingerprint(s.from_unit(random_unit(r, s.size()))));
  CHECK(s.cardinality() == seen.size());
}

TEST_CASE("a definition that makes no sense is refused with the place and the reason") {
  CHECK(refusal({}) == "parameters: there must be at least one");
  CHECK(refusal({real("", 0, 1)}) == "parameters[0].name: must not be empty");
  CHECK(refusal({real("a{b}", 0, 1)}) ==
        "parameters[0].name: must not hold braces: {name} stands for the value in a command");
  CHECK(refusal({real("a", 0, 1), real("a", 0, 1)}) ==
        "parameters[1].name: \"a\" is the name of parameters[0] already");
  CHECK(refusal({real("a", 0, 1)}, {}, {{"a", {"x"}}}) ==
        "parameters[0].name: \"a\" is the name of conditionals[0] already");
  CHECK(refusal({real("lr", 0.1, 0.01)}) ==
        "parameters[0].bounds: lower bound 0.1 of \"lr\" is above upper bound 0.01");
  CHECK(refusal({real("a", 0, INFINITY)}) == "parameters[0].bounds: must be finite numbers");
  CHECK(refusal({real("a", none, 1)}) == "parameters[0].bounds: must be finite numbers");
  CHECK(refusal({integer("a", 0.5, 2)}) ==
        "parameters[0].bounds: the bounds of int \"a\" must be integers within ±2^53");
  CHECK(refusal({integer("a", 0, 1e17)}) ==
        "parameters[0].bounds: the bounds of int \"a\" must be integers within ±2^53");
  CHECK(refusal({logarithmic(real("a", 0, 1))}) ==
        "parameters[0].bounds.min: must be above 0, because \"a\" has a log transformation");
  CHECK(refusal({logarithmic(on_grid("a", {-1, 1}))}) ==
        "parameters[0].grid[0]: must be above 0, because \"a\" has a log transformation");
  CHECK(refusal({on_grid("a", {1, 1})}) == "parameters[0].grid: the values must ascend, each there once");
  CHECK(refusal({on_grid("a", {1, none})}) == "parameters[0].grid[1]: must be a finite number");
  CHECK(refusal({on_grid("a", {1, 1.5}, parameter_type::integer)}) ==
        "parameters[0].grid[1]: 1.5 is not an integer, but \"a\" is an int");
  CHECK(refusal({categorical("a", {})}) == "parameters[0].categorical_values: must hold at least one value");
  CHECK(refusal({categorical("a", {"x", "x"})}) == "parameters[0].categorical_values[1]: \"x\" is there twice");
  CHECK(refusal({categorical("a", {""})}) == "parameters[0].categorical_values[0]: must not be empty");
  CHECK(refusal({logarithmic(categorical("a", {"x"}))}) ==
        "parameters[0].transformation: a categorical parameter cannot have one");
  CHECK(refusal({real("x", 0, 1)}, {}, {{"k", {}}}) == "conditionals[0].values: must hold at least one value");
  CHECK(refusal({with_default(real("a", 0, 1), 2.0)}) == "parameters[0].default_value: 2 is not between 0 and 1");
  CHECK(refusal({with_default(categorical("a", {"linear", "cubic"}), std::string("liner"))}) ==
        "parameters[0].default_value: \"liner\" is not one of its values; did you mean \"linear\"?");
  auto odd = real("a", 0, 1);
  odd.prior = normal_prior{0, 0};
  CHECK(refusal({odd}) == "parameters[0].prior: needs a finite mean and a scale above 0");
  odd.prior = beta_prior{0, 1};
  CHECK(refusal({odd}) == "parameters[0].prior: needs shapes above 0");
  odd.prior = normal_prior{7.5, 1};
  CHECK(refusal({odd}) ==
        "parameters[0].prior: normal with mean 7.5 and scale 1 lies wholly outside of the bounds of \"a\", 0 to 1; at "
        "most 6 scales may lie between");
  odd.prior = normal_prior{-0.61, 0.1};
  CHECK(refusal({odd}).find("wholly outside") != std::string::npos);
  for (auto within : {normal_prior{-0.59, 0.1}, normal_prior{7, 1}, normal_prior{0.5, 1e-9}, normal_prior{1, 1e-300}}) {
    odd.prior = within;
    CHECK(space::make({{odd}, {}, {}}));
  }
  auto whole = integer("n", 0, 8);
  whole.prior = normal_prior{8.4, 0.01};
  CHECK(space::make({{whole}, {}, {}}));
  auto few = on_grid("g", {1, 2, 4});
  few.prior = normal_prior{5, 0.1};
  CHECK(refusal({few}).find("of \"g\", 1 to 4;") != std::string::npos);
  std::vector<std::string> many;
  for (int i = 0; i <= 10'000; ++i) many.push_back(std::to_string(i));
  CHECK(refusal({categorical("a", many)}) ==
        "parameters[0].categorical_values: there are 10001 values; at most 10000 are possible");
  std::vector<parameter> wide;
  for (int i = 0; i <= 1000; ++i) wide.push_back(real("p" + std::to_string(i), 0, 1));
  CHECK(refusal(wide) == "parameters: there are 1001 with the conditionals; at most 1000 are possible");
  wide.pop_back();
  CHECK(refusal(wide) == "accepted");
}

TEST_CASE("conditions that make no sense are refused") {
  CHECK(refusal({when(real("a", 0, 1), "kind", {"x"}), categorical("kinds", {"x"})}) ==
        "parameters[0].conditions: \"kind\" is neither a conditional nor a parameter; did you mean \"kinds\"?");
  CHECK(refusal({when(real("a", 0, 1), "b", {"x"}), real("b", 0, 1)}) ==
        "parameters[0].conditions: \"b\" is not categorical; conditions hold on conditionals and categoricals");
  CHECK(refusal({when(real("a", 0, 1), "b", {"dort"}), categorical("b", {"dart", "tree"})}) ==
        "parameters[0].conditions.b: \"dort\" is not one of the values of \"b\"; did you mean \"dart\"?");
  CHECK(refusal({when(real("a", 0, 1), "b", {}), categorical("b", {"x"})}) ==
        "parameters[0].conditions.b: must hold at least one value");
  CHECK(refusal({when(categorical("a", {"x"}), "b", {"y"}), when(categorical("b", {"y"}), "a", {"x"})}) ==
        "parameters[0].conditions: \"a\" depends on itself, by way of others");
  CHECK(refusal({when(when(real("a", 0, 1), "b", {"x"}), "b", {"y"}), categorical("b", {"x", "y"})}) ==
        "parameters[0].conditions: \"a\" can never exist: its conditions exclude each other");
  CHECK(refusal({categorical("b", {"x", "y"}), when(categorical("c", {"u", "v"}), "b", {"x"}),
                 when(when(real("a", 0, 1), "c", {"u"}), "b", {"y"})}) ==
        "parameters[2].conditions: \"a\" can never exist: its conditions exclude each other");
}

TEST_CASE("linear constraints that make no sense are refused") {
  auto a = real("a", 0, 1);
  CHECK(refusal({a}, {at_most(none, {{"a", 1}})}) == "linear_constraints[0].threshold: must be a finite number");
  CHECK(refusal({a}, {at_most(1, {})}) == "linear_constraints[0].terms: must hold at least one term");
  CHECK(refusal({a}, {at_most(1, {{"alpha", 1}})}) ==
        "linear_constraints[0].terms[0].name: \"alpha\" is not a parameter");
  CHECK(refusal({a}, {at_most(1, {{"a", 0}})}) ==
        "linear_constraints[0].terms[0].weight: must be a finite number other than 0");
  CHECK(refusal({a}, {at_most(1, {{"a", 1}, {"a", 1}})}) ==
        "linear_constraints[0].terms[1].name: \"a\" is in this constraint already; add up its weights");
  CHECK(refusal({categorical("a", {"x"})}, {at_most(1, {{"a", 1}})}) ==
        "linear_constraints[0].terms[0].name: \"a\" is categorical; linear constraints are over numbers");
  CHECK(refusal({categorical("k", {"x"}), when(a, "k", {"x"})}, {at_most(1, {{"a", 1}})}) ==
        "linear_constraints[0].terms[0].name: \"a\" is conditional; linear constraints are over parameters that always "
        "exist");
  CHECK(refusal({a, real("b", 0, 1)}, {at_least(3, {{"a", 1}, {"b", 1}})}) ==
        "linear_constraints: together they leave no room within the parameters' bounds; loosen one");
}
