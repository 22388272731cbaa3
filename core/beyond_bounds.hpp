#pragma once
#include <vector>

#include "core/space.hpp"

namespace vilfredo {

/// Reads a configuration that somebody chose to try, or has tried, as `space::read` does, but numbers may lie outside
/// their bounds: what was measured was measured. Types, grids, categories, conditions and linear constraints hold; on a
/// logarithmic scale numbers are above 0.
result<assignments> read_beyond_bounds(const space& domain, const std::vector<named_value>& named);

}  // namespace vilfredo
