#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "actors/clock.hpp"
#include "actors/protocol.hpp"

namespace vilfredo::actors {

/// What an actor must look after at given times, behind one timer for all of it: a delayed message, or the time-out of
/// a request, wakes the clock's thread twice, which costs as much as carrying out a command.
///
/// Most of it is void long before it is due, for the answer came or the trial ended. `stands(what)` says whether it is
/// not: what no longer stands is dropped when it comes first, and never wakes anybody.
template <class What>
class agenda {
public:
  /// The actor is sent `agenda_due` no later than `at`.
  template <class Self, class Stands>
  void add(Self* self, time_point now, time_point at, What what, Stands stands) {
    drop_void(stands);
    entries_.emplace(at, std::move(what));
    set_timer(self, now);
  }

  /// What is due at `now` and stands, one after the other: handling one may make the next void. To be called on
  /// `agenda_due` until it gives nothing; then the timer is set for the next.
  template <class Self, class Stands>
  std::optional<What> next_due(Self* self, time_point now, Stands stands) {
    drop_void(stands);
    if (!entries_.empty() && entries_.begin()->first <= now) return take_first();
    if (rings_ && *rings_ <= now) rings_.reset();
    set_timer(self, now);
    return std::nullopt;
  }

  void clear() { entries_.clear(); }

private:
  template <class Stands>
  void drop_void(Stands& stands) {
    while (!entries_.empty() && !stands(entries_.begin()->second)) entries_.erase(entries_.begin());
  }

  What take_first() {
    auto out = std::move(entries_.begin()->second);
    entries_.erase(entries_.begin());
    return out;
  }

  template <class Self>
  void set_timer(Self* self, time_point now) {
    if (entries_.empty()) return;
    auto at = entries_.begin()->first;
    if (rings_ && *rings_ <= at) return;
    rings_ = at;
    self->delayed_send(self, std::max(at - now, duration{0}), agenda_due{});
  }

  std::multimap<time_point, What> entries_;  ///< equal times in the order of their coming
  std::optional<time_point> rings_;          ///< when the earliest timer that is set rings
};

}  // namespace vilfredo::actors
