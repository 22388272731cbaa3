#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vilfredo::stopping {

/// Points sorted into fronts while they come in: the first is dominated by none, each next by the one before it. Losses
/// without NaN, all of one length; infinities are welcome. The same set of points gives the same fronts in any order.
///
/// Finding a point's front takes a binary search over the fronts, in each another one (two losses) or a look at its
/// members (more). Taking a point in also moves those that it displaces, which is few but for the very best points.
class fronts {
public:
  struct member {
    std::vector<double> losses;
    std::uint64_t key = 0;
    auto operator<=>(const member&) const = default;
  };

  void insert(member x);
  /// Removes a point, which must be there, and sorts the others anew.
  void erase(const member& x);
  std::size_t size() const { return size_; }
  /// The index of the front on which `losses` are, or would be.
  std::size_t front_of(std::span<const double> losses) const;
  /// In order of losses, then of keys.
  const std::vector<std::vector<member>>& all() const { return fronts_; }

private:
  std::vector<std::vector<member>> fronts_;  // none is empty
  std::size_t size_ = 0;
};

/// How the places are given away that are left for a front that does not fit as a whole.
enum class tie_break {
  spread,       ///< to those that stand for it best, see below
  hypervolume,  ///< to those that add most to the hypervolume
};

/// Whether a point, a member or not, is among the best `places` of the members and itself: on one of the first fronts
/// that fit, or chosen from the next one. Of a front of more than 48 that many are looked at, the member itself and
/// others evenly along the front, and as large a share of them chosen.
bool among_best(const fronts& all, const fronts::member& x, std::size_t places, tie_break by = tie_break::spread);

/// The indices of the `count` members that stand for a front best: first the one with the least first loss, then always
/// the one farthest from those already chosen, in units of the front's extent (Gonzalez 1985, the greedy epsilon net;
/// not finite losses are as far as can be). O(count · size).
std::vector<std::size_t> spread(std::span<const fronts::member> front, std::size_t count);

/// The indices of the `count` members that alone add most to the hypervolume of a front, up to a point that lies a
/// tenth of the front's extent beyond its worst finite losses; of equals, the first.
std::vector<std::size_t> largest(std::span<const fronts::member> front, std::size_t count);

}  // namespace vilfredo::stopping
