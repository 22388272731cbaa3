#pragma once
#include <cstddef>
#include <vector>

namespace vilfredo::stopping {

/// A bag of numbers in order, for the question "how many are less?". Infinities are welcome, NaN is not.
///
/// Blocks of at most `block_size` sorted numbers: n/500 comparisons and one short move of memory a call, which for the
/// sizes met here (up to a million) is quicker than any tree.
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
  static constexpr std::size_t block_size = 512;
  std::vector<std::vector<double>>::iterator block_for(double x);
  std::vector<std::vector<double>> blocks_;  // none is empty
  std::size_t size_ = 0;
};

}  // namespace vilfredo::stopping
