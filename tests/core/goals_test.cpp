#include "core/goals.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("results are shown by what is optimized, or by the constraints where nothing is") {
  auto d = experiment({real("x", 0, 1)}, {store("s"), keep_below("a", 1), keep_below("b", 2)});
  CHECK(goals(d) == std::vector<std::size_t>{1, 2});
  d.metrics.push_back(minimize("y"));
  CHECK(goals(d) == std::vector<std::size_t>{3});
}
