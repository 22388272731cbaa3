#pragma once
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "app/view/line.hpp"
#include "core/commands.hpp"
#include "core/ledger.hpp"

/// What a worker does for an experiment elsewhere, told one event a line: a command and what was answered.
/// `book` knows the experiment's parameters, and need not know the trial.
namespace vilfredo::app {

/// For people; nothing for what only matters inside.
std::optional<view::line> narrate(const command& what, const outcome& how, const ledger& book);
/// For programs: an object with "event" and what belongs to it.
std::optional<nlohmann::ordered_json> narrate_json(const command& what, const outcome& how, const ledger& book);

}  // namespace vilfredo::app
