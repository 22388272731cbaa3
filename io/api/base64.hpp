#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vilfredo::api {

/// For URLs (`-_`), without padding.
std::string to_base64(std::string_view bytes);
/// Either alphabet, with or without padding; nothing when it is neither.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace vilfredo::api
