#pragma once
#include <span>
#include <vector>

namespace vilfredo {

/// The volume that is dominated by `points` and dominates `reference`; everything minimizes. Points that do not
/// dominate the reference add nothing. Exact: O(n log n) for two and three objectives (Beume et al. 2009 for three),
/// WFG (While, Bradstreet & Barone 2012) beyond.
double hypervolume(const std::vector<std::vector<double>>& points, std::span<const double> reference);

/// The volume that `point` adds to what `others` dominate. O(n log n) for two objectives, O(n²) for three.
double hypervolume_gain(std::span<const double> point, const std::vector<std::span<const double>>& others,
                        std::span<const double> reference);

/// For each point, the volume that only it adds (zero for dominated and duplicate points).
std::vector<double> hypervolume_contributions(const std::vector<std::vector<double>>& points,
                                              std::span<const double> reference);

}  // namespace vilfredo
