#pragma once
#include <cstddef>
#include <vector>

#include "core/definition.hpp"
#include "core/observation.hpp"
#include "core/space.hpp"

namespace vilfredo {

/// The `num_solutions` = k answers of an experiment with one optimized metric: good configurations that are unlike one
/// another. Ids of observations, best value first.
///
/// Of the final observations that meet every threshold: the best, and again and again the best of those at least
/// `solution_radius` away from all before, which is what samplers look for. Where fewer than k are so far apart, the
/// rest may lie half as far apart, and so on; fewer than k where fewer different configurations are there. O(k n).
std::vector<observation_id> solutions(const definition& d, const space& domain, const history& observations);

/// How far apart solutions are to be in the unit cube: `wanted` balls that wide fit, whatever their number is.
double solution_radius(std::size_t dimensions, std::size_t wanted);

/// How unlike two configurations are: the distance in the unit cube, where two different categories are 1 apart, and so
/// is a value that exists from one that does not. What lies outside the bounds lies outside the cube.
double unlikeness(const space& domain, const assignments& a, const assignments& b);

}  // namespace vilfredo
