#pragma once
#include <optional>
#include <string>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/error.hpp"

namespace vilfredo::app {

/// What must be edited for an experiment that was started as `stored` to become the one that a job file describes now;
/// nothing when they are the same. Budget, bandwidth, thresholds, stop rules and metadata can be edited. How this
/// machine runs a trial (directory, time-out, grace, resources) is taken from the job file anyway and makes no
/// difference here. Anything else is another experiment: the refusal names what differs and ends with what to do.
result<std::optional<edit_experiment>> difference(const definition& stored, const definition& wanted);

}  // namespace vilfredo::app
