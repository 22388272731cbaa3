#include "core/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>

using namespace vilfredo;

TEST_CASE("a seed gives the same numbers on every machine") {
  // The state for seed 0 is splitmix64's published first outputs, which gives xoshiro256**'s first output below.
  random_source r(0);
  CHECK(r.bits() == 0x99ec5f36cb75f2b4u);
  random_source a(42), b(42), c(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    auto x = a.bits();
    CHECK(x == b.bits());
    differs = differs || x != c.bits();
  }
  CHECK(differs);
}

TEST_CASE("uniform numbers lie in [0, 1) and fill it evenly") {
  random_source r(1);
  std::array<int, 10> bins{};
  constexpr int n = 100'000;
  for (int i = 0; i < n; ++i) {
    double u = r.uniform();
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    ++bins[static_cast<std::size_t>(u * 10)];
  }
  for (int count : bins) CHECK(std::abs(count - n / 10) < 500);  // five standard deviations
}

TEST_CASE("below is fair, for numbers that do not divide 2^64, too") {
  random_source r(2);
  std::array<int, 7> bins{};
  for (int i = 0; i < 70'000; ++i) ++bins[r.below(7)];
  for (int count : bins) CHECK(std::abs(count - 10'000) < 500);
  CHECK(r.below(1) == 0);
  // Two thirds of 2^64: with modulo bias, the lower half would come twice as often.
  const std::uint64_t n = std::uint64_t{3} << 62;
  int low = 0;
  for (int i = 0; i < 10'000; ++i) low += r.below(n) < n / 2;
  CHECK(std::abs(low - 5'000) < 300);
}

TEST_CASE("the normal quantile inverts the distribution function") {
  CHECK(normal_quantile(0.5) == 0);
  for (double p : {1e-300, 1e-100, 1e-20, 1e-8, 0.001, 0.02, 0.07, 0.08, 0.3, 0.49, 0.6, 0.925, 0.95, 0.999}) {
    CAPTURE(p);
    double x = normal_quantile(p);
    CHECK(0.5 * std::erfc(-x / std::sqrt(2.0)) == doctest::Approx(p).epsilon(1e-12));
    if (p > 0.01) CHECK(normal_quantile(1 - p) == doctest::Approx(-x).epsilon(1e-12));
  }
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-15));
}

TEST_CASE("normal numbers have mean 0 and variance 1, and cost one draw each") {
  random_source r(3), twin(3);
  double sum = 0, squares = 0;
  constexpr int n = 100'000;
  for (int i = 0; i < n; ++i) {
    double x = r.normal();
    REQUIRE(std::isfinite(x));
    sum += x;
    squares += x * x;
    twin.bits();
  }
  CHECK(std::abs(sum / n) < 0.02);
  CHECK(std::abs(squares / n - 1) < 0.03);
  CHECK(r.bits() == twin.bits());
}

TEST_CASE("derived seeds differ by stream and by seed") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    for (std::uint64_t stream = 0; stream < 50; ++stream) seen.insert(derive_seed(seed, stream));
  CHECK(seen.size() == 2500);
}

TEST_CASE("the stable hash is FNV-1a") {
  CHECK(stable_hash("") == 0xcbf29ce484222325u);
  CHECK(stable_hash("a") == 0xaf63dc4c8601ec8cu);
  CHECK(stable_hash("foobar") == 0x85944171f73967e8u);
}
