#pragma once
/// The one place that includes CAF (Debian's 0.17.6): what a newer release spells differently is named here once.
#include <caf/all.hpp>

#include <chrono>
#include <utility>

namespace vilfredo::actors {

/// A pitfall that shapes every state struct: CAF constructs a state from the actor's pointer when it can, and C++20
/// lets it initialize the first member of an aggregate that way. So states declare their default constructor.

/// Signatures of typed actors: answers<R, A…> answers R to a message A…, hears<A…> answers nothing.
template <class R, class... A>
using answers = typename caf::replies_to<A...>::template with<R>;
template <class... A>
using hears = caf::reacts_to<A...>;

}  // namespace vilfredo::actors

/// A message type that never leaves the process, so it needs no serialization.
#define VILFREDO_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)
