#pragma once
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// The sampler "uniform": independent draws, uniform on each parameter's scale, or as its prior says, and within the
/// constraints. Repeats are drawn again while the space has anything new.
result<plan> suggest_uniform(const plan_job& job);

}  // namespace vilfredo
