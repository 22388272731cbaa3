#include "io/http/response_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "io/http/characters.hpp"

namespace vilfredo::http {

namespace {
using namespace std::string_view_literals;
constexpr auto line_end = "\r\n"sv;

bool is_the_servers(std::string_view name) {
  return is_name(name, "content-length") || is_name(name, "transfer-encoding") || is_name(name, "connection") ||
         is_name(name, "date");
}

/// Without line ends: a value that came from a client must not become a header of its own.
void append_harmless(std::string& out, std::string_view text) {
  const auto from = out.size();
  out.append(text);
  if (first_control(text) == text.size()) return;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), [](char c) { return is_control(c) && c != '\t'; },
      ' ');
}

/// But those that are the server's to set.
void append_fields(std::string& out, const fields& all) {
  for (const auto& [name, value] : all) {
    if (!is_token(name) || is_the_servers(name)) continue;
    out.append(name).append(": "sv);
    append_harmless(out, value);
    out.append(line_end);
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": "sv).append(value).append(line_end);
}
}  // namespace

standing_headers::standing_headers(fields all) : all_(std::move(all)) { append_fields(text_, all_); }

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string response_head(const response& what, const answer_shape& shape, std::string_view date) {
  std::string out;
  out.reserve(1024);
  out.append("HTTP/1.1 "sv)
      .append(std::to_string(what.status))
      .append(1, ' ')
      .append(reason(what.status))
      .append(line_end);
  if (what.standing) out.append(what.standing->text());
  append_fields(out, what.headers);
  append_field(out, "Date", date);
  if (has_body(what.status)) {
    if (shape.length) append_field(out, "Content-Length", std::to_string(*shape.length));
    if (shape.chunked) append_field(out, "Transfer-Encoding", "chunked");
  }
  if (!shape.keep_alive) append_field(out, "Connection", "close");
  if (shape.keep_alive && shape.http_10) append_field(out, "Connection", "keep-alive");
  out.append(line_end);
  return out;
}

std::string http_date(std::time_t when) {
  // Not strftime, whose names follow the locale.
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm split{};
  ::gmtime_r(&when, &split);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[static_cast<std::size_t>(split.tm_wday)],
                split.tm_mday, months[static_cast<std::size_t>(split.tm_mon)], split.tm_year + 1900, split.tm_hour,
                split.tm_min, split.tm_sec);
  return text;
}

std::string chunk(std::string_view text) {
  if (text.empty()) return {};
  char size[16];
  auto end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
  std::string out(size, end);
  out.append("\r\n").append(text).append("\r\n");
  return out;
}

}  // namespace vilfredo::http
