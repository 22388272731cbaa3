#pragma once
#include <cstddef>
#include <vector>

namespace vilfredo::stopping {

/// A bag of numbers in order, for the question "how many are less?". Infinities are welcome, NaN is not.
///
/// Blocks of at most `block_size` sorted numbers, the last of each beside the others, and their sizes in a binary
/// indexed tree (Fenwick 1994): a call costs a logarithm of the size and one short move of memory.
class ranked {
public:
  void insert(double x);
  /// Removes one number equal to `x`, which must be there.
  void erase(double x);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// How many numbers are less than `x`.
  std::size_t below(double x) const;
  /// The number with exactly `i` before it in order.
  double operator[](std::size_t i) const;
  /// The p-quantile, 0 ≤ p ≤ 1, between neighbours by linear interpolation (Hyndman & Fan 1996, type 7). Not of an
  /// empty bag.
  double quantile(double p) const;

private:
  static constexpr std::size_t block_size = 128;
  std::size_t block_for(double x) const;
  void count(std::size_t block, std::ptrdiff_t change);
  void count_anew();
  std::vector<std::vector<double>> blocks_;  // none is empty
  std::vector<double> ends_;                 // of each block: its last number
  std::vector<std::size_t> counts_;          // at i, the numbers in the last (i + 1) & −(i + 1) blocks up to i
  std::size_t size_ = 0;
};

}  // namespace vilfredo::stopping
