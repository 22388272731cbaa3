#include "optimizer/stopping/front.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "core/pareto.hpp"
#include "core/random.hpp"

using vilfredo::random_source;
using vilfredo::stopping::front;

TEST_CASE("it is what a look at all points shows, with any number of losses, equal ones and infinities") {
  random_source random(5);
  for (std::size_t metrics : {1, 2, 3, 4}) {
    front known;
    std::vector<std::vector<double>> all;
    for (int i = 0; i < 300; ++i) {
      std::vector<double> x(metrics);
      for (double& v : x) v = random.below(30) == 0 ? HUGE_VAL : static_cast<double>(random.below(25));
      const bool beaten = std::ranges::any_of(all, [&](const auto& y) { return vilfredo::dominates(y, x); });
      CHECK(known.dominates(x) == beaten);
      all.push_back(x);
      known.insert(x);
      std::set<std::vector<double>> best;
      for (const auto& a : all)
        if (std::ranges::none_of(all, [&](const auto& b) { return vilfredo::dominates(b, a); })) best.insert(a);
      REQUIRE(known.members() == std::vector(best.begin(), best.end()));
    }
  }
}
