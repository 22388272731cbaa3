#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vilfredo::api {

/// One column of what a list is sorted by. Nothing sorts above everything.
using symbol = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
/// A place in a sorted list: its columns, the id last.
using sort_key = std::vector<symbol>;

/// Where one key stands to another of the same columns: negative, zero or positive.
int compare(const sort_key& a, const sort_key& b);

/// As SigOpt writes a place in a list: the protocol buffer `PagingMarker{repeated PagingSymbol symbols = 1}`, where a
/// symbol is one of double = 1, int64 = 2, null = 3, string = 4, bool = 5, in base64 for URLs without padding.
std::string encode_marker(const sort_key& x);
/// Nothing when it is no marker.
std::optional<sort_key> decode_marker(std::string_view text);

}  // namespace vilfredo::api
