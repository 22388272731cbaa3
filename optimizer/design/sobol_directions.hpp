#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vilfredo {

/// Direction numbers of Sobol's sequence, computed rather than listed: dimension 0 is van der Corput's sequence, each
/// further one has a primitive polynomial of its own (all of degree 1, then all of degree 2, … up to 13).
///
/// The free initial numbers of a dimension are pseudo-random odd numbers, the same in every process. For the first
/// `searched` dimensions several are tried, and those are kept whose two-dimensional projections with all earlier
/// dimensions are spread best: the sum of squared t-values (Niederreiter 1987) of the first 2^m points, m = 4, 7, 10.
struct sobol_directions {
  static constexpr std::size_t bits = 32;
  static constexpr std::size_t most = 1111;  ///< one more than there are primitive polynomials up to degree 13
  static constexpr std::size_t searched = 40;
  using numbers = std::array<std::uint32_t, bits>;  ///< v_k for bit k of the index; the top bit is the digit ½

  /// The first `dimensions` (at most `most`); computed once a process, when they are first needed.
  static std::span<const numbers> get(std::size_t dimensions);
};

/// All primitive polynomials over GF(2) of this degree (1 to 20), ascending; bit i is the coefficient of x^i.
std::vector<std::uint32_t> primitive_polynomials(unsigned degree);

/// t of the (t, m, 2)-net that the first 2^m points make in two dimensions: every dyadic box of volume 2^(t−m) holds
/// exactly 2^t of them. 0 is perfect.
unsigned t_value(const sobol_directions::numbers& a, const sobol_directions::numbers& b, unsigned m);

}  // namespace vilfredo
