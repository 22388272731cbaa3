#include "io/http/target.hpp"

#include <optional>
#include <utility>

#include "io/http/characters.hpp"

namespace vilfredo::http {

namespace {
error refused(std::string why) { return error{errc::invalid, std::move(why)}; }

result<std::string> decoded(std::string_view text, bool plus_is_blank) {
  if (text.find('%') == std::string_view::npos && (!plus_is_blank || text.find('+') == std::string_view::npos))
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return refused("the request's target holds a % without two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
      if (is_control(c)) return refused("the request's target holds an escaped control character");
    } else if (c == '+' && plus_is_blank) {
      c = ' ';
    }
    out += c;
  }
  return out;
}

/// `http://host/path` → `/path`, as proxies ask.
std::optional<std::string_view> without_authority(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  auto scheme = lower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  text.remove_prefix(scheme.size() + 3);
  auto end = text.find_first_of("/?");
  if (end == 0 || text.empty()) return std::nullopt;
  return end == std::string_view::npos ? std::string_view("/") : text.substr(end);
}
}  // namespace

result<target> parse_target(std::string_view text) {
  target out;
  bool plain = true;
  for (char c : text) plain &= c > ' ' && c < 0x7f && c != '#';
  if (!plain) return refused("the request's target holds a character that must be percent-encoded");
  if (text == "*") {
    out.path = "*";
    return out;
  }
  if (!text.starts_with('/')) {
    auto rest = without_authority(text);
    if (!rest) return refused("the request's target must begin with a slash");
    text = *rest;
  }
  auto question = text.find('?');
  auto path = decoded(text.substr(0, question), false);
  if (!path) return path.error();
  out.path = path->empty() ? "/" : *std::move(path);
  while (question != std::string_view::npos) {
    text.remove_prefix(question + 1);
    question = text.find('&');
    auto one = text.substr(0, question);
    if (one.empty()) continue;
    auto equals = one.find('=');
    auto name = decoded(one.substr(0, equals), true);
    if (!name) return name.error();
    auto value = decoded(equals == std::string_view::npos ? std::string_view{} : one.substr(equals + 1), true);
    if (!value) return value.error();
    out.query.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte / 16], digits[byte % 16]};
    }
  }
  return out;
}

}  // namespace vilfredo::http
