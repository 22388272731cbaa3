#include "optimizer/design/sobol_directions.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "core/random.hpp"

// Notation (Joe & Kuo 2003): d degree of the polynomial x^d + a_1 x^(d−1) + … + a_(d−1) x + 1; m_k odd numbers below
// 2^k, the first d free, the others by the recurrence
//   m_k = 2 a_1 m_(k−1) ⊕ 4 a_2 m_(k−2) ⊕ … ⊕ 2^(d−1) a_(d−1) m_(k−d+1) ⊕ 2^d m_(k−d) ⊕ m_(k−d);
// v_k = m_k / 2^k as a binary fraction.

namespace vilfredo {

namespace {

using numbers = sobol_directions::numbers;

/// a·b modulo the polynomial p of degree d.
std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t p, unsigned d) {
  std::uint64_t product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a <<= 1;
    if (a >> d & 1) a ^= p;
  }
  return product;
}

std::uint64_t power_of_x(std::uint64_t exponent, std::uint64_t p, unsigned d) {
  std::uint64_t result = 1, base = d == 1 ? 2 ^ p : 2;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base, p, d);
    base = multiply(base, base, p, d);
  }
  return result;
}

std::vector<std::uint64_t> prime_factors(std::uint64_t n) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t q = 2; q * q <= n; ++q)
    if (n % q == 0) {
      out.push_back(q);
      while (n % q == 0) n /= q;
    }
  if (n > 1) out.push_back(n);
  return out;
}

numbers van_der_corput() {
  numbers v;
  for (unsigned k = 0; k < sobol_directions::bits; ++k) v[k] = std::uint32_t{1} << (31 - k);
  return v;
}

numbers with_initial(std::uint32_t polynomial, random_source& random) {
  const auto d = static_cast<unsigned>(std::bit_width(polynomial)) - 1;
  numbers m;
  for (unsigned k = 0; k < sobol_directions::bits; ++k) {
    if (k < d) {
      m[k] = static_cast<std::uint32_t>(random.below(std::uint64_t{1} << k) << 1) | 1u;
      continue;
    }
    m[k] = m[k - d] ^ (m[k - d] << d);
    for (unsigned i = 1; i < d; ++i)
      if (polynomial >> (d - i) & 1) m[k] ^= m[k - i] << i;
  }
  for (unsigned k = 0; k < sobol_directions::bits; ++k) m[k] <<= 31 - k;
  return m;
}

/// Rows of the generator matrix: which bits of the index make a digit of the point, the first digit first.
using rows = std::array<std::uint32_t, sobol_directions::bits>;
rows first_rows(const numbers& v, unsigned m) {
  rows out{};
  for (unsigned j = 0; j < m; ++j)
    for (unsigned k = 0; k < m; ++k) out[j] |= (v[k] >> (31 - j) & 1u) << k;
  return out;
}

/// A set of independent vectors over GF(2).
struct basis {
  std::array<std::uint32_t, sobol_directions::bits> by_top{};
  bool add(std::uint32_t x) {
    while (x) {
      auto& known = by_top[static_cast<unsigned>(std::bit_width(x)) - 1];
      if (!known) {
        known = x;
        return true;
      }
      x ^= known;
    }
    return false;
  }
};

/// t of the first 2^m points, by at least m rows of at least as many bits.
unsigned t_value_of(const rows& a, const rows& b, unsigned m) {
  const auto mask = m >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << m) - 1;
  // The greatest s for which the first i rows of one and s − i of the other are independent, for every i.
  unsigned strength = m;
  basis first;
  for (unsigned i = 0; i <= m; ++i) {
    auto both = first;
    unsigned j = 0;
    while (j < m && i + j < strength && both.add(b[j] & mask)) ++j;
    strength = std::min(strength, i + j);
    if (i < m && !first.add(a[i] & mask)) {
      strength = std::min(strength, i);
      break;
    }
    if (i >= strength) break;
  }
  return m - strength;
}

/// The first `count` dimensions, whatever comes after them.
std::vector<numbers> compute(std::size_t count) {
  constexpr unsigned highest_degree = 13, most_bits = 10;
  constexpr int tries = 12;
  constexpr std::uint64_t seed = 0x5349'4d45'4f4e'31ull;
  std::vector<numbers> out{van_der_corput()};
  // Some thirty thousand t-values are asked for: each matrix is made once, and a try ends that is worse already.
  std::vector<rows> searched{first_rows(out[0], most_bits)};
  for (unsigned degree = 1; degree <= highest_degree; ++degree)
    for (auto polynomial : primitive_polynomials(degree)) {
      if (out.size() == count) return out;
      random_source random(derive_seed(seed, out.size()));
      auto best = with_initial(polynomial, random);
      if (out.size() < sobol_directions::searched) {
        auto least = std::numeric_limits<unsigned>::max();
        auto badness = [&](const rows& v) {
          unsigned sum = 0;
          for (const auto& earlier : searched)
            for (unsigned m : {most_bits, 7u, 4u}) {
              auto t = t_value_of(earlier, v, m);
              sum += t * t;
              if (sum >= least) return sum;
            }
          return sum;
        };
        auto rows_of_best = first_rows(best, most_bits);
        least = badness(rows_of_best);
        for (int i = 1; i < tries; ++i) {
          auto other = with_initial(polynomial, random);
          auto rows_of_other = first_rows(other, most_bits);
          if (auto b = badness(rows_of_other); b < least) {
            least = b;
            best = other;
            rows_of_best = rows_of_other;
          }
        }
        searched.push_back(rows_of_best);
      }
      out.push_back(best);
    }
  return out;
}

}  // namespace

std::vector<std::uint32_t> primitive_polynomials(unsigned degree) {
  // p is primitive when x has the order 2^d − 1 modulo p: then every remainder but 0 is a power of x.
  std::vector<std::uint32_t> out;
  const auto units = (std::uint64_t{1} << degree) - 1;
  const auto primes = prime_factors(units);
  for (std::uint32_t p = (1u << degree) | 1u; p < 2u << degree; p += 2)
    if (power_of_x(units, p, degree) == 1 &&
        std::ranges::none_of(primes, [&](std::uint64_t q) { return power_of_x(units / q, p, degree) == 1; }))
      out.push_back(p);
  return out;
}

unsigned t_value(const numbers& a, const numbers& b, unsigned m) {
  return t_value_of(first_rows(a, m), first_rows(b, m), m);
}

std::span<const numbers> sobol_directions::get(std::size_t dimensions) {
  // Those of few dimensions are had in a millisecond, all of them in fifteen.
  constexpr std::size_t usual = 12;
  static const std::vector<numbers> few = compute(usual);
  if (dimensions <= few.size()) return std::span(few).first(dimensions);
  static const std::vector<numbers> all = compute(most);
  return std::span(all).first(std::min(dimensions, all.size()));
}

}  // namespace vilfredo
