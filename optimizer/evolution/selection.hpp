#pragma once
#include <cstddef>
#include <vector>

#include "optimizer/grading.hpp"

namespace vilfredo {

/// Crowds say little of fronts of more objectives than so.
inline constexpr std::size_t usually_crowded = 3;

/// What a population keeps: indices of the `wanted` best of `all` (with violations ranked), the best first.
///
/// Those that meet every threshold come first, in non-dominated fronts; then the others by violation (Deb et al. 2002).
/// Of the front that does not fit, with up to `most_crowded` objectives the point in the thickest crowd goes, again and
/// again (Kukkonen & Deb 2006); with more, points are kept near evenly spread reference directions (Deb & Jain 2014).
/// Where given, `last_front` gets the place among them at which the last front begins, or what shares the last place.
std::vector<std::size_t> survivors(const std::vector<graded>& all, std::size_t wanted,
                                   std::size_t* last_front = nullptr, std::size_t most_crowded = usually_crowded);

/// For each point of a front the size of the gap it stands in, along all objectives; infinite at the ends.
std::vector<double> crowding_distances(const std::vector<std::vector<double>>& front);

/// Directions in the positive part of space with coordinates that sum to 1, evenly spread, at most `most` and at least
/// one an objective (Das & Dennis 1998).
std::vector<std::vector<double>> reference_directions(std::size_t objectives, std::size_t most);

}  // namespace vilfredo
