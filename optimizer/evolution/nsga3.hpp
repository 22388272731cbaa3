#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "nsga3": as "nsga2", but of a front that does not fit those stay that lie nearest to evenly spread
/// reference directions (Deb & Jain 2014; Jain & Deb 2014 for constraints), whatever the number of objectives.
result<plan> suggest_nsga3(const plan_job& job);
std::span<const option_description> nsga3_options();

}  // namespace vilfredo
