#include "io/api/object_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace vilfredo::api {

namespace {
using nlohmann::json;

/// Whether every character stands for itself between quotes.
bool is_plain(std::string_view text) {
  static constexpr auto odd = [] {
    std::array<bool, 256> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] =
          i < 0x20 || i >= 0x7f || std::string_view("\"\\&<>").find(static_cast<char>(i)) != std::string_view::npos;
    return out;
  }();
  bool any = false;
  for (char c : text) any |= odd[static_cast<unsigned char>(c)];
  return !any;
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
  if (is_plain(text)) {
    to.append(1, '"').append(text).append(1, '"');
  } else {
    append_escaped(to, json(text).dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

void text_object::begin(std::string_view key) {
  const std::size_t comma = std::exchange(empty_, false) ? 0 : 1, indented = 2 * static_cast<std::size_t>(level_ + 1);
  if (!is_plain(key)) {
    to_.append(comma, ',').append(1, '\n').append(indented, ' ');
    append_text(to_, key);
    to_ += ": ";
    return;
  }
  // All of it at once, for this is most of what an answer is made of.
  const auto at = to_.size();
  to_.append(comma + 1 + indented + key.size() + 4, ' ');
  auto* out = to_.data() + at;
  *out = ',';
  out[comma] = '\n';
  out += comma + 1 + indented;
  *out++ = '"';
  out += key.copy(out, key.size());
  *out++ = '"';
  *out = ':';
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
