#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/error.hpp"
#include "core/events.hpp"
#include "core/ids.hpp"

namespace vilfredo::io {

/// Whether these facts may be staged when the experiment has `last` facts; the same refusals for every journal.
result<void> may_follow(experiment_id experiment, std::uint64_t last, std::span<const fact> facts);

/// The experiment's name if this fact sets it.
std::optional<std::string> name_given_by(const fact& x);

}  // namespace vilfredo::io
