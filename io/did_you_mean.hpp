#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace vilfredo::io {

/// The candidate that a misspelled word most likely means, or nothing when none is near: at most a third of its letters
/// inserted, left out, replaced or swapped, capitals aside.
std::optional<std::string_view> did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace vilfredo::io
