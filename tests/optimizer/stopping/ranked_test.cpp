#include "optimizer/stopping/ranked.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.hpp"

using vilfredo::random_source;
using vilfredo::stopping::ranked;

TEST_CASE("it keeps order through thousands of insertions and removals") {
  random_source random(3);
  ranked bag;
  std::vector<double> plain;
  for (int i = 0; i < 20'000; ++i) {
    if (!plain.empty() && random.below(3) == 0) {
      auto at = random.below(plain.size());
      bag.erase(plain[at]);
      plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      // Few different values, so that there are many equals; infinities, too.
      auto x = static_cast<double>(random.below(500));
      if (x == 0) x = HUGE_VAL;
      bag.insert(x);
      plain.push_back(x);
    }
    if (i % 500 != 0) continue;
    auto sorted = plain;
    std::ranges::sort(sorted);
    REQUIRE(bag.size() == sorted.size());
    for (double x : {0.0, 17.0, 250.5, 499.0, HUGE_VAL})
      CHECK(bag.below(x) == static_cast<std::size_t>(std::ranges::lower_bound(sorted, x) - sorted.begin()));
    for (std::size_t n = 0; n < sorted.size(); n += 37) CHECK(bag[n] == sorted[n]);
  }
}

TEST_CASE("quantiles lie between neighbours") {
  ranked bag;
  for (double x : {4.0, 1.0, 3.0, 2.0}) bag.insert(x);
  CHECK(bag.quantile(0) == 1);
  CHECK(bag.quantile(1) == 4);
  CHECK(bag.quantile(0.5) == 2.5);
  CHECK(bag.quantile(0.25) == 1.75);
  bag.insert(HUGE_VAL);
  CHECK(bag.quantile(0.5) == 3);
  CHECK(bag.quantile(0.9) == HUGE_VAL);
}
