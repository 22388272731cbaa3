#include "io/api/object_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace vilfredo::api {

namespace {
using nlohmann::json;

bool stands_for_itself(char c) {
  static constexpr auto known = [] {
    std::array<bool, 256> out{};
    for (std::size_t i = 0x20; i < 0x7f; ++i)
      out[i] = std::string_view("\"\\&<>").find(static_cast<char>(i)) == std::string_view::npos;
    return out;
  }();
  return known[static_cast<unsigned char>(c)];
}

/// JSON, with what HTML knows escaped.
void append_escaped(std::string& to, std::string_view raw) {
  for (std::size_t from = 0; from < raw.size();) {
    const auto end = std::min(raw.find_first_of("&<>", from), raw.size());
    to.append(raw.substr(from, end - from));
    if (end < raw.size()) to += raw[end] == '&' ? "\\u0026" : raw[end] == '<' ? "\\u003C" : "\\u003E";
    from = end + 1;
  }
}
}  // namespace

void append_text(std::string& to, std::string_view text) {
  if (std::ranges::all_of(text, stands_for_itself)) {
    const auto at = to.size();
    to.resize(at + text.size() + 2, '"');
    text.copy(to.data() + at + 1, text.size());
  } else {
    append_escaped(to, json(text).dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

void append_text(std::string& to, double x) {
  if (!std::isfinite(x)) {
    to += "null";
    return;
  }
  // The library's own digits, so that a number looks the same in an object and in a list of them.
  std::array<char, 64> digits;
  to.append(digits.data(), nlohmann::detail::to_chars(digits.data(), digits.data() + digits.size(), x));
}

std::string text_of(const json& x) {
  auto raw = x.dump(2, ' ', false, json::error_handler_t::replace);
  if (raw.find_first_of("&<>") == std::string::npos) return raw += '\n';
  std::string out;
  out.reserve(raw.size() + 64);
  append_escaped(out, raw);
  return out += '\n';
}

}  // namespace vilfredo::api
