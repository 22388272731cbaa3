#include "optimizer/axis.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("an axis maps values where the space does, to the last bit") {
  const auto s = space_of({real("x", -5, 3), logarithmic(real("l", 1e-6, 10)), integer("n", -3, 8),
                           logarithmic(integer("m", 1, 1000)), on_grid("g", {1, 10, 50}), categorical("k", {"a", "b"}),
                           real("wide", -1e308, 1e308), real("fixed", 2, 2)});
  random_source random(1);
  for (std::size_t i = 0; i < s.size(); ++i) {
    const axis a(s, i);
    for (int k = 0; k < 200; ++k) {
      const double value = s.from_unit(i, k == 0 ? 0 : k == 1 ? 1 : random.uniform());
      CHECK(a.to_unit(value) == s.to_unit(i, value));
    }
  }
}
