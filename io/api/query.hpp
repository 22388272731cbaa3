#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/message.hpp"

namespace vilfredo::api {

/// Arguments of the query, or nothing when they are not given. They throw a refusal that names the argument.
std::optional<std::int64_t> query_integer(const http::request& from, std::string_view name);
/// 1, 0, true or false in any case.
std::optional<bool> query_boolean(const http::request& from, std::string_view name);
std::optional<std::string> query_text(const http::request& from, std::string_view name);

/// As `search` compares: without regard to the case of ASCII letters.
std::string lower_case(std::string x);

/// A number of digits alone, as ids are written in paths.
std::optional<std::uint64_t> digits(std::string_view text);

}  // namespace vilfredo::api
