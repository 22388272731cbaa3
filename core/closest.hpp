#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vilfredo {

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one word into the
/// other (optimal string alignment, the restricted Damerau-Levenshtein distance). Counts bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word that `word` was probably meant to be, for a "did you mean": equal but for case, or at most one edit
/// in three characters away. The first among equals.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> known);

/// `; did you mean "x"?` or nothing: the end of a sentence about an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace vilfredo
