#pragma once
#include <cstddef>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "core/error.hpp"
#include "io/json_cursor.hpp"

namespace vilfredo::io {

/// JSON text as a value. Refuses what is not UTF-8, more than 64 levels, a key given twice, numbers beyond double; the
/// sentence begins with line and column (`3:14: …`, the column in characters).
result<nlohmann::json> parse_json(std::string_view text, json_style style = json_style::strict);

/// Where the first byte stands that is not UTF-8 (nor part of an overlong form, a surrogate or beyond U+10FFFF);
/// text.size() when all is well.
std::size_t first_not_utf8(std::string_view text);

}  // namespace vilfredo::io
