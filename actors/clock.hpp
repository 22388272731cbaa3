#pragma once
#include <algorithm>

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

  /// This clock, or one that now says `then` if that is later. For what an earlier process wrote under a clock that has
  /// been set back since: leases that end "tomorrow" would hold trials until then.
  template <class Self>
  time_source not_before(time_point then, Self* self) const {
    return {epoch + std::max(then - now(self), duration{0})};
  }
};

}  // namespace vilfredo::actors
