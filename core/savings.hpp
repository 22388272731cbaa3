#pragma once
#include <cstdint>

#include "core/ledger.hpp"

namespace vilfredo {

/// What stopping trials early has spared, told by what completed trials took on average: an estimate, for people.
struct savings {
  std::uint64_t stopped = 0;  ///< trials
  double steps = 0;           ///< not run
  double steps_run = 0;       ///< by completed and stopped trials
  double seconds = 0;         ///< not run
  double seconds_run = 0;
};

/// Steps are the highest that a trial reported; seconds those that it was running.
savings savings_of(const ledger& book);

}  // namespace vilfredo
