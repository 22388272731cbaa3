#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Small things that the sentences of errors need.
namespace vilfredo::text {

/// Shortest text that reads back as the same double; whole numbers without a point ("0.1", "1e+30", "4").
std::string number(double x);
std::string quoted(std::string_view x);
/// The place of an element: `parameters[2]`.
std::string at(std::string_view list, std::size_t i);

bool is_utf8(std::string_view x);
/// Why `x` cannot be a name, as the end of a sentence, or nothing: empty, longer than longest_name bytes, not UTF-8, or
/// with control characters (they would garble tables, logs and environment variables).
std::optional<std::string> name_fault(std::string_view x);
inline constexpr std::size_t longest_name = 200;

}  // namespace vilfredo::text
