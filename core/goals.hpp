#pragma once
#include <cstddef>
#include <vector>

#include "core/definition.hpp"

namespace vilfredo {

/// The metrics that results are shown and ordered by, as places in the definition: the optimized ones, or the
/// constraints where these are all there is and every configuration that meets them is a result.
std::vector<std::size_t> goals(const definition& x);

}  // namespace vilfredo
