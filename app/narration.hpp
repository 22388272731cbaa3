#pragma once
#include <optional>

#include <nlohmann/json.hpp>

#include "app/view/line.hpp"
#include "core/ledger.hpp"

/// A run told one event a line. `book` has taken the fact in already.
namespace vilfredo::app {

/// For people; nothing for facts that only matter inside.
std::optional<view::line> narrate(const fact& x, const ledger& book);
/// For programs: an object with "event", "at" and what belongs to it.
std::optional<nlohmann::ordered_json> narrate_json(const fact& x, const ledger& book);

}  // namespace vilfredo::app
