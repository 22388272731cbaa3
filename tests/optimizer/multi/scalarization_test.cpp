#include "optimizer/multi/scalarization.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace vilfredo;

TEST_CASE("weights are not negative, add up to one, and have equal means") {
  random_source random(1);
  std::vector<double> mean(6, 0.0);
  for (int i = 0; i < 2000; ++i) {
    const auto w = draw_weights(6, random);
    CHECK(*std::ranges::min_element(w) >= 0);
    CHECK(std::accumulate(w.begin(), w.end(), 0.0) == doctest::Approx(1));
    for (std::size_t k = 0; k < 6; ++k) mean[k] += w[k] / 2000;
  }
  for (double m : mean) CHECK(m == doctest::Approx(1.0 / 6).epsilon(0.1));
}

TEST_CASE("the distance is the greatest weighted loss and a little of all") {
  const double losses[] = {0.5, 0.2}, weights[] = {0.4, 0.6};
  CHECK(chebyshev(losses, weights) == doctest::Approx(0.2 + 0.05 * (0.2 + 0.12)));
}

TEST_CASE("points of a hollow front are least for some weights, but no dominated point is for any") {
  // A front that bends away from the ideal corner: weighted sums would find its ends only.
  std::vector<std::vector<double>> all;
  for (int i = 0; i <= 8; ++i) all.push_back({i / 8.0, std::sqrt(1 - (i / 8.0) * (i / 8.0))});
  const auto front = all.size();
  for (std::size_t i = 0; i < front; ++i) all.push_back({all[i][0] + 0.05, all[i][1] + 0.05});
  random_source random(2);
  std::set<std::size_t> chosen;
  for (int i = 0; i < 2000; ++i) {
    const auto w = draw_weights(2, random);
    std::size_t best = 0;
    for (std::size_t k = 1; k < all.size(); ++k)
      if (chebyshev(all[k], w) < chebyshev(all[best], w)) best = k;
    chosen.insert(best);
  }
  CHECK(chosen.size() + 1 >= front);  // what is gained for nearly nothing elsewhere may be left out
  CHECK(*chosen.rbegin() < front);
}
