#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vilfredo {

/// Everything here minimizes: callers flip the sign of maximized metrics. Points are vectors of one length, without
/// NaN.

/// a is nowhere worse than b and somewhere better.
bool dominates(std::span<const double> a, std::span<const double> b);

/// Non-dominated sorting (Deb et al. 2002): the front each point belongs to, 0 the best. O(n log n) for one and
/// two objectives, O(n²·m) at worst beyond.
std::vector<std::size_t> non_dominated_ranks(const std::vector<std::vector<double>>& points);

/// A Pareto front that is kept while points come in. Equal points are all kept.
class pareto_front {
public:
  struct member {
    std::uint64_t key;
    std::vector<double> values;
  };
  /// Returns whether the point is on the front; those that it dominates leave. O(front) a call, O(1) with
  /// one objective.
  bool insert(std::uint64_t key, std::vector<double> values);
  const std::vector<member>& members() const { return members_; }  ///< in order of arrival

private:
  std::vector<member> members_;
};

}  // namespace vilfredo
