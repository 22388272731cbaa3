#include "core/histogram.hpp"

#include <doctest/doctest.h>

using vilfredo::histogram;

TEST_CASE("values are counted below the first bound that is not less, or above all") {
  histogram h{1, 10, 100};
  for (double x : {0.5, 1.0, 1.5, 10.0, 1000.0}) h.add(x);
  CHECK(h.counts() == std::vector<std::uint64_t>{2, 2, 0, 1});
  CHECK(h.sum() == 1013);
}
