#pragma once
#include <memory>

#include "tests/support/fake_launcher.hpp"

namespace vilfredo::sim {

class world;

/// Writes the scripts of local programs: when each reports, how it ends, how it takes being told to stop.
void attach_programs(world& around, const std::shared_ptr<test::fake_launcher>& launcher);

}  // namespace vilfredo::sim
