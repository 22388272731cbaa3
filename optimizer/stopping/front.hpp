#pragma once
#include <span>
#include <vector>

namespace vilfredo::stopping {

/// The points that no other of those that came dominates; of equal ones, one. Losses without NaN, all of one length;
/// infinities are welcome. The same set of points gives the same front in any order.
///
/// A call takes a logarithm of the front's size with one or two losses, and a look at each member with more.
class front {
public:
  void insert(std::vector<double> losses);
  /// Whether a member dominates `losses`.
  bool dominates(std::span<const double> losses) const;
  /// In order of losses.
  const std::vector<std::vector<double>>& members() const { return members_; }

private:
  std::vector<std::vector<double>> members_;
};

}  // namespace vilfredo::stopping
