#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// Text as a terminal shows it: counted in columns, not bytes.
namespace vilfredo::view {

/// Columns that UTF-8 text takes on a terminal; wide characters take two, combining ones none. Control characters and
/// bytes that are not UTF-8 count as the one column that `printable` gives them.
std::size_t width(std::string_view text);
/// The text with a `?` for everything that could move the cursor or is not UTF-8: names come from files.
std::string printable(std::string_view text);
/// At most `columns` wide; what is cut off is marked by an ellipsis, `…` or `~`.
std::string clip(std::string_view text, std::size_t columns, bool unicode = true);
/// Filled up with spaces to `columns`.
std::string pad_right(std::string text, std::size_t columns);
std::string pad_left(std::string text, std::size_t columns);

}  // namespace vilfredo::view
