#pragma once
#include "actors/caf.hpp"
#include "core/time.hpp"

namespace vilfredo::actors {

/// Turns an actor's clock, which never goes back, into times of day: `epoch` is the time of day at the clock's zero,
/// read once when the process starts. A wall clock that is set while we run changes nothing, and tests move the clock
/// by hand.
struct time_source {
  time_point epoch{};

  template <class Self>
  time_point now(Self* self) const {
    return epoch + std::chrono::duration_cast<duration>(self->clock().now().time_since_epoch());
  }
};

}  // namespace vilfredo::actors
