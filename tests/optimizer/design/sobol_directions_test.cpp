#include "optimizer/design/sobol_directions.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>

using namespace vilfredo;

TEST_CASE("there are as many primitive polynomials as number theory says") {
  // φ(2^d − 1) / d
  const std::size_t expected[] = {1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630};
  for (unsigned d = 1; d <= 13; ++d) CHECK(primitive_polynomials(d).size() == expected[d - 1]);
  CHECK(primitive_polynomials(3) == std::vector<std::uint32_t>{0b1011, 0b1101});
  CHECK(primitive_polynomials(4) == std::vector<std::uint32_t>{0b10011, 0b11001});
}

TEST_CASE("there are directions for more than a thousand dimensions, no two alike") {
  auto all = sobol_directions::get(sobol_directions::most);
  CHECK(all.size() == sobol_directions::most);
  std::set<sobol_directions::numbers> distinct(all.begin(), all.end());
  CHECK(distinct.size() == all.size());
  // Each dimension by itself is a permutation of the dyadic fractions: bit k of the index sets digit k + 1, and no
  // later.
  for (const auto& v : all)
    for (unsigned k = 0; k < 32; ++k) {
      CHECK((v[k] >> (31 - k) & 1) == 1);
      if (k < 31) CHECK((v[k] & ((1u << (31 - k)) - 1)) == 0);
    }
}

TEST_CASE("a dimension has the same directions however many are asked for") {
  const auto all = sobol_directions::get(sobol_directions::most);
  for (std::size_t n : {0, 1, 12, 13, 40}) {
    const auto few = sobol_directions::get(n);
    CHECK(few.size() == n);
    CHECK(std::equal(few.begin(), few.end(), all.begin()));
  }
}

TEST_CASE("the t-value counts what it says: every box of that size holds as many points as it should") {
  auto v = sobol_directions::get(8);
  constexpr unsigned m = 6;
  for (std::size_t a = 0; a < v.size(); ++a)
    for (std::size_t b = a + 1; b < v.size(); ++b) {
      auto even = [&](unsigned t) {
        for (unsigned i = 0; i + t <= m; ++i) {
          const unsigned j = m - t - i;
          std::vector<unsigned> count(std::size_t{1} << (m - t), 0);
          for (unsigned n = 0; n < 1u << m; ++n) {
            std::uint32_t x = 0, y = 0;
            for (unsigned k = 0; k < m; ++k)
              if (n >> k & 1) {
                x ^= v[a][k];
                y ^= v[b][k];
              }
            auto box = (i ? x >> (32 - i) : 0) << j | (j ? y >> (32 - j) : 0);
            ++count[box];
          }
          for (auto c : count)
            if (c != 1u << t) return false;
        }
        return true;
      };
      const auto t = t_value(v[a], v[b], m);
      CHECK(even(t));
      if (t > 0) CHECK_FALSE(even(t - 1));
    }
}

TEST_CASE("directions are the same in every version, or a seed would no longer give the same suggestions") {
  std::uint64_t sum = 0xcbf2'9ce4'8422'2325ull;  // FNV-1a over whole words
  for (const auto& v : sobol_directions::get(sobol_directions::most))
    for (auto x : v) sum = (sum ^ x) * 0x100'0000'01b3ull;
  CHECK(sum == 0x54a2'5f63'407b'33e2ull);
}

TEST_CASE("two-dimensional projections of the first dimensions are spread well") {
  auto v = sobol_directions::get(sobol_directions::searched);
  double sum = 0;
  unsigned worst = 0, pairs = 0;
  for (std::size_t a = 0; a < v.size(); ++a)
    for (std::size_t b = 0; b < a; ++b, ++pairs) {
      auto t = t_value(v[a], v[b], 10);
      sum += t;
      worst = std::max(worst, t);
    }
  MESSAGE("mean t of 2^10 points: " << sum / pairs << ", worst " << worst);
  CHECK(t_value(v[0], v[1], 10) == 0);
  CHECK(sum / pairs < 2.5);
  CHECK(worst <= 7);
}
