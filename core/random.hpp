#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vilfredo {

/// Pseudo-random numbers that are the same on every machine: xoshiro256** (Blackman & Vigna 2018), seeded by
/// splitmix64. The standard library's distributions differ between implementations, so the few we need are here.
class random_source {
public:
  explicit random_source(std::uint64_t seed);

  std::uint64_t bits();
  /// Uniform in [0, 1), 53 random bits.
  double uniform();
  /// Uniform in {0, …, n − 1}, without modulo bias; n > 0.
  std::uint64_t below(std::uint64_t n);
  /// Standard normal, by inversion: one uniform a draw, so streams stay aligned.
  double normal();

  using result_type = std::uint64_t;
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }
  std::uint64_t operator()() { return bits(); }

private:
  std::uint64_t state_[4];
};

/// A seed for a stream of its own: mixes `stream` into `seed` so that neighbouring streams are unrelated.
std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream);
/// FNV-1a, 64 bits: a stable hash of text, for seeds and fingerprints (not against attackers).
std::uint64_t stable_hash(std::string_view text);
/// Inverse of the standard normal distribution function (Wichura 1988, AS 241, about 1e-16 relative); p in (0, 1).
double normal_quantile(double p);

}  // namespace vilfredo
