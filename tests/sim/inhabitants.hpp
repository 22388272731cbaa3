#pragma once
#include <cstddef>

namespace vilfredo::sim {

class world;

/// Those who live around the process: who creates the experiments, who works on them from elsewhere, who meddles with
/// them, who looks.
void inhabit(world& around);

/// After the last fault: a fresh worker for the n-th experiment, and somebody who ends every pause.
void settle_down(world& around, std::size_t n);

}  // namespace vilfredo::sim
