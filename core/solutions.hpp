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
/// Of the n final observations that meet every threshold the best are taken, a fifth of n or k if that is more. These
/// are clustered around k centres: the best one, and again and again the one farthest from all centres so far (Gonzalez
/// 1985). The answers are the best of each cluster. Fewer than k where fewer observations, or fewer different
/// configurations among those taken, are there. O(k n).
std::vector<observation_id> solutions(const definition& d, const space& domain, const history& observations);

/// How unlike two configurations are: the distance in the unit cube, where two different categories are 1 apart, and so
/// is a value that exists from one that does not. What lies outside the bounds lies outside the cube.
double unlikeness(const space& domain, const assignments& a, const assignments& b);

}  // namespace vilfredo
