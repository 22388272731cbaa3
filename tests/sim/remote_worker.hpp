#pragma once
#include <cstddef>
#include <string>

namespace vilfredo::sim {

class world;

/// A worker on another machine: asks, works, reports, says that it lives, says how it ended; or is gone, or late.
void employ_remote(world& around, std::size_t experiment, std::string name);

}  // namespace vilfredo::sim
