#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/planted.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/profile.hpp"

namespace vilfredo::sim {

struct verdict {
  std::optional<violation> broken;
  std::string profile;
  std::uint64_t trace_hash = 0;  ///< equal for equal seeds
  std::uint64_t steps = 0, facts = 0;
  std::array<std::uint64_t, faults> struck{};
};

/// One run, everything in it drawn from the seed. `armed`: heed only these invariants; none: all.
verdict simulate(std::uint64_t seed, bool print_trace = false, planted::bug bug = planted::bug::none,
                 const std::set<std::string>& armed = {});

}  // namespace vilfredo::sim
