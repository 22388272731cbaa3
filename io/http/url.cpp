#include "io/http/url.hpp"

#include <charconv>
#include <utility>

#include "io/http/characters.hpp"

namespace vilfredo::http {

namespace {
error bad(std::string_view text, const std::string& why) {
  // With what may be a password left out.
  auto shown = text.find('@') == std::string_view::npos ? "\"" + std::string(text) + "\"" : std::string("the address");
  return error{errc::invalid, shown + " " + why + ": give one such as https://host:8080"};
}
}  // namespace

std::string url::authority() const {
  auto out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (secure ? 443 : 80) ? out : out + ":" + std::to_string(port);
}

result<url> parse_url(std::string_view text) {
  url out;
  const auto colon = text.find("://");
  auto scheme = lower(text.substr(0, colon));
  if (colon == std::string_view::npos || (scheme != "http" && scheme != "https"))
    return bad(text, "does not begin with http:// or https://");
  for (char c : text)
    if (is_control(c) || c == ' ') return error{errc::invalid, "the address holds blanks or control characters"};
  out.secure = scheme == "https";
  out.port = out.secure ? 443 : 80;
  auto rest = text.substr(scheme.size() + 3);
  auto where = rest.substr(0, rest.find_first_of("/?#"));
  auto path = rest.substr(where.size());
  if (path.find_first_of("?#") != std::string_view::npos) return bad(text, "has a query or fragment");
  if (where.find('@') != std::string_view::npos) return bad(text, "has a user name: pass a token instead");
  std::string_view port;
  if (where.starts_with('[')) {
    auto end = where.find(']');
    if (end == std::string_view::npos) return bad(text, "has no ] after its address");
    out.host = where.substr(1, end - 1);
    port = where.substr(end + 1);
  } else {
    auto end = where.find(':');
    out.host = where.substr(0, end);
    port = end == std::string_view::npos ? std::string_view{} : where.substr(end);
  }
  if (out.host.empty()) return bad(text, "names no host");
  if (!port.empty()) {
    auto [end, fault] = std::from_chars(port.data() + 1, port.data() + port.size(), out.port);
    if (port.front() != ':' || port.size() < 2 || fault != std::errc{} || end != port.data() + port.size() ||
        out.port == 0)
      return bad(text, "has a port that is no number from 1 to 65535");
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  out.prefix = path;
  return out;
}

}  // namespace vilfredo::http
