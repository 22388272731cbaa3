#include "core/beyond_bounds.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

std::string fault(const space& domain, const std::vector<named_value>& named) {
  auto read = read_beyond_bounds(domain, named);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("what was tried may lie outside bounds, but is of its type all the same") {
  const auto domain = must(space::make({{real("x", 0, 1), integer("n", 1, 5), logarithmic(real("lr", 1e-5, 1)),
                                         on_grid("g", {1, 2}), categorical("c", {"a", "b"})},
                                        {},
                                        {}}));
  auto with = [](named_value other) {
    std::vector<named_value> out{{"x", 0.5}, {"n", std::int64_t{2}}, {"lr", 0.1}, {"g", 1.0}, {"c", "a"}};
    for (auto& n : out)
      if (n.name == other.name) n = other;
    return out;
  };
  CHECK(must(read_beyond_bounds(domain, with({"x", 0.25}))).values == std::vector<double>{0.25, 2, 0.1, 1, 0});
  CHECK(must(read_beyond_bounds(domain, with({"x", -3.5}))).values == std::vector<double>{-3.5, 2, 0.1, 1, 0});
  CHECK(must(read_beyond_bounds(domain, with({"n", std::int64_t{9}}))).values[1] == 9);
  CHECK(must(read_beyond_bounds(domain, with({"n", -9.0}))).values[1] == -9);
  CHECK(must(read_beyond_bounds(domain, with({"lr", 30.0}))).values[2] == 30);
  CHECK(fault(domain, with({"n", 9.5})) == "parameter \"n\": 9.5 is not an integer");
  CHECK(fault(domain, with({"lr", 0.0})).find("parameter \"lr\": 0 is not between") == 0);
  CHECK(fault(domain, with({"g", 3.0})) == "parameter \"g\": 3 is not on the grid");
  CHECK(fault(domain, with({"c", "d"})).find("parameter \"c\"") == 0);
  for (double odd : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK(fault(domain, with({"x", odd})).find("parameter \"x\"") == 0);
  CHECK(fault(domain, {{"x", 2.0}}).find("is missing") != std::string::npos);
}

TEST_CASE("linear constraints and conditions hold outside bounds, too") {
  const auto domain = must(
      space::make({{real("x", 0, 1), real("y", 0, 1), categorical("c", {"a", "b"}), when(real("z", 0, 1), "c", {"b"})},
                   {},
                   {at_most(1.5, {{"x", 1}, {"y", 1}})}}));
  CHECK(read_beyond_bounds(domain, {{"x", -1.0}, {"y", 2.0}, {"c", "a"}}));
  CHECK(fault(domain, {{"x", 1.0}, {"y", 2.0}, {"c", "a"}}).find("linear_constraints[0]") == 0);
  CHECK(read_beyond_bounds(domain, {{"x", 0.0}, {"y", 0.0}, {"c", "b"}, {"z", 4.0}}));
  CHECK(fault(domain, {{"x", 0.0}, {"y", 0.0}, {"c", "a"}, {"z", 4.0}}).find("parameter \"z\": does not exist") == 0);
}
