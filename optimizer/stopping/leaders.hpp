#pragma once
#include <cstdint>
#include <vector>

namespace vilfredo::stopping {

/// Of all points that ever came, those that fewer than `depth` others dominate, with how many do. Losses without NaN,
/// all of one length. With one loss these are the best `depth`.
///
/// It forgets the others and is exact all the same: of the dominators of a forgotten point, the `depth` best are kept,
/// and they dominate all that it dominates. Equal points dominate each other one way, by a hash of their keys. The same
/// set of points gives the same leaders in any order. O(kept) a call, with two losses about depth · ln(points).
class leaders {
public:
  explicit leaders(std::size_t depth) : depth_(depth) {}

  /// Takes in a point and says which ones, perhaps this one, are forgotten.
  std::vector<std::uint64_t> insert(std::uint64_t key, std::vector<double> losses);
  /// The keys of the `count` points (at most `depth`) with the fewest dominators, in that order.
  std::vector<std::uint64_t> best(std::size_t count) const;
  std::size_t kept() const { return kept_.size(); }

private:
  struct member {
    std::uint64_t key = 0, hash = 0;
    std::vector<double> losses;
    std::size_t dominators = 0;
  };
  static bool beats(const member& a, const member& b);

  std::size_t depth_;
  std::vector<member> kept_;
};

}  // namespace vilfredo::stopping
