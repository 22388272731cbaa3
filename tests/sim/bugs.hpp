#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "core/planted.hpp"

namespace vilfredo::sim {

/// A planted bug, and the invariant that is there to see it: when it is looked for, all others are blind.
struct planted_bug {
  planted::bug what;
  const char* name;
  const char* invariant;
  std::uint64_t seeds;  ///< within so many seeds it must be seen
  bool in_store;        ///< needs no hook in the code
};

std::span<const planted_bug> planted_bugs();
const planted_bug* find_bug(const std::string& name);

}  // namespace vilfredo::sim
