#pragma once
#include <cstddef>
#include <cstdint>

namespace vilfredo::sim {

class world;

/// A person who meddles with an experiment: cancels, observes, edits, deletes, pauses, archives, and undoes it.
void meddle(world& around, std::size_t experiment, std::uint64_t number);

}  // namespace vilfredo::sim
