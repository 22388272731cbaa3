#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace vilfredo::io {

/// What a program wrote, made fit for tables, JSON and terminals: control characters become blanks, bytes that are not
/// UTF-8 become question marks, and more than `most` bytes are cut, with an ellipsis, between characters.
std::string printable(std::string_view text, std::size_t most);

}  // namespace vilfredo::io
