#include "core/ranks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/pareto.hpp"
#include "core/random.hpp"

using namespace vilfredo;

TEST_CASE("points that stand one after another have one rank more than the worst that dominates them") {
  random_source r(7);
  for (std::size_t objectives : {1, 2, 3, 4}) {
    for (std::size_t n : {0, 1, 2, 60}) {
      std::vector<double> all(n * objectives);
      for (double& v : all) v = static_cast<double>(r.below(7)) - 3;  // ties and equal points are frequent
      const auto rank = non_dominated_ranks(all, objectives);
      REQUIRE(rank.size() == n);
      auto point = [&](std::size_t i) { return std::span<const double>(all).subspan(i * objectives, objectives); };
      for (std::size_t i = 0; i < n; ++i) {
        std::size_t expected = 0;
        for (std::size_t k = 0; k < n; ++k)
          if (dominates(point(k), point(i))) expected = std::max(expected, rank[k] + 1);
        CHECK(rank[i] == expected);
      }
    }
  }
}
