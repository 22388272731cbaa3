#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "grid": every configuration of a finite grid (see `enumeration`) that is neither observed nor pending,
/// once, in the order of the definition; then nothing further.
result<plan> suggest_grid(const plan_job& job);
std::span<const option_description> grid_options();

}  // namespace vilfredo
