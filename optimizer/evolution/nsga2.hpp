#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "nsga2": an evolutionary search for the front (Deb et al. 2002) by a population in a steady state
/// (optimizer/evolution/breeding.hpp). Up to three objectives who stands in the thickest crowd leaves; beyond, crowds
/// say little, and it goes by reference directions as "nsga3" does.
result<plan> suggest_nsga2(const plan_job& job);
std::span<const option_description> nsga2_options();

}  // namespace vilfredo
