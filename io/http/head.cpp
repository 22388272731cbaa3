#include "io/http/head.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "io/http/characters.hpp"
#include "io/http/target.hpp"

namespace vilfredo::http {

namespace {
constexpr std::size_t longest_method = 32;
constexpr std::string_view line_end = "\r\n";

refusal bad(std::string why) { return {400, std::move(why)}; }

std::optional<refusal> read_request_line(std::string_view line, const limits& within, head& into) {
  auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return bad("a request begins with METHOD TARGET HTTP/1.1, one blank between them");
  auto method = line.substr(0, first), wanted = line.substr(first + 1, last - first - 1),
       version = line.substr(last + 1);
  if (!is_token(method)) return bad("the request's method holds a character that methods do not have");
  if (method.size() > longest_method) return refusal{501, "the request's method is longer than any this server knows"};
  if (wanted.size() > within.target_bytes)
    return refusal{414, "the request's target is longer than the " + std::to_string(within.target_bytes) +
                            " bytes that this server takes"};
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7]))
    return bad("the request's first line does not end with a version such as HTTP/1.1");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return refusal{505, "this server speaks HTTP/1.1 and HTTP/1.0"};
  auto read = parse_target(wanted);
  if (!read) return bad(read.error().message);
  if (read->path == "*" && method != "OPTIONS") return bad("only OPTIONS has the target *");
  into.http_10 = version.back() == '0';
  into.what.method = method;
  into.what.path = std::move(read->path);
  into.what.query = std::move(read->query);
  return std::nullopt;
}

/// Headers that may come once at most, counted.
struct framing {
  int hosts = 0, lengths = 0, encodings = 0;
  bool close = false, keep_alive = false;
};

std::optional<refusal> heed_length(std::string_view value, const limits& within, head& into) {
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos)
    return bad("Content-Length is not a number of bytes");
  auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), into.length);
  if (fault != std::errc{} || into.length > within.body_bytes)
    return refusal{413, "the request's body is longer than the " + std::to_string(within.body_bytes) +
                            " bytes that this server takes"};
  return std::nullopt;
}

std::optional<refusal> heed_encoding(std::string_view value, head& into) {
  if (lower(value) != "chunked") return refusal{501, "the only Transfer-Encoding that this server takes is chunked"};
  if (into.http_10) return bad("HTTP/1.0 has no Transfer-Encoding");
  into.chunked = true;
  return std::nullopt;
}

std::optional<refusal> heed_host(std::string_view value) {
  for (char c : value)
    if (!is_alpha(c) && !is_digit(c) && std::string_view("-._~:[]%!$&'()*+,;=").find(c) == std::string_view::npos)
      return bad("Host is not the name or address of a machine");
  return std::nullopt;
}

/// gzip or *, unless its weight is zero; the more specific wins.
bool takes_gzip(std::string_view accepted) {
  std::optional<bool> gzip, any;
  for_each_listed(accepted, [&](std::string_view one) {
    auto semicolon = one.find(';');
    auto coding = lower(trimmed(one.substr(0, semicolon)));
    bool wanted = true;
    if (semicolon != std::string_view::npos) {
      auto weight = lower(trimmed(one.substr(semicolon + 1)));
      wanted = !weight.starts_with("q=") || weight.find_first_of("123456789", 2) != std::string::npos;
    }
    if (coding == "gzip" || coding == "x-gzip") gzip = wanted;
    if (coding == "*") any = wanted;
  });
  return gzip.value_or(any.value_or(false));
}

std::optional<refusal> heed(std::string_view name, std::string_view value, const limits& within, framing& seen,
                            head& into) {
  if (name == "host") return ++seen.hosts > 1 ? bad("a request has one Host") : heed_host(value);
  if (name == "content-length")
    return ++seen.lengths > 1 ? bad("Content-Length is given more than once") : heed_length(value, within, into);
  if (name == "transfer-encoding")
    return ++seen.encodings > 1 ? bad("Transfer-Encoding is given more than once") : heed_encoding(value, into);
  if (name == "connection") {
    for_each_listed(value, [&](std::string_view one) {
      auto word = lower(one);
      seen.close |= word == "close";
      seen.keep_alive |= word == "keep-alive";
    });
  } else if (name == "expect") {
    if (lower(value) != "100-continue")
      return refusal{417, "the only expectation that this server meets is 100-continue"};
    into.expects_continue = true;
  } else if (name == "accept-encoding") {
    into.takes_gzip = takes_gzip(value);
  }
  return std::nullopt;
}

std::optional<refusal> settle(const framing& seen, head& into) {
  if (!into.http_10 && seen.hosts == 0) return bad("an HTTP/1.1 request has a Host");
  // Whoever stands between may have believed the other one (request smuggling).
  if (seen.lengths > 0 && seen.encodings > 0) return bad("a request has Content-Length or Transfer-Encoding, not both");
  if (into.http_10) into.expects_continue = false;
  into.keep_alive = into.http_10 ? seen.keep_alive && !seen.close : !seen.close;
  return std::nullopt;
}
}  // namespace

std::variant<std::optional<std::size_t>, refusal> head_scanner::scan(std::string_view bytes) {
  auto after_return = [&] { return seen_ > line_ && bytes[seen_ - 1] == '\r'; };
  auto inner_return = [] { return bad("a carriage return stands within a line of the request"); };
  for (;;) {
    // Most of a head is text, in which little can go wrong before the next control character.
    const auto end = std::min(bytes.size(), begin_ + within_.header_bytes);
    if (const auto text = first_control(bytes.substr(seen_, end - seen_)); text > 0) {
      if (after_return()) return inner_return();
      if (first_line_) {
        if (seen_ == begin_ && !is_token_character(bytes[seen_])) return bad("a request begins with a method");
        if (seen_ + text - line_ > within_.target_bytes + longest_method + std::string_view("  HTTP/1.1\r").size())
          return refusal{414, "the request's target is longer than the " + std::to_string(within_.target_bytes) +
                                  " bytes that this server takes"};
      }
      seen_ += text;
    }
    if (seen_ == bytes.size()) return std::optional<std::size_t>{};
    if (seen_ == end)
      return refusal{431, "the request's headers are longer than the " + std::to_string(within_.header_bytes) +
                              " bytes that this server takes"};
    const char c = bytes[seen_];
    if (c == '\n') {
      if (!after_return()) return bad("a line of the request ends without a carriage return");
      const auto length = seen_ - 1 - line_;
      line_ = ++seen_;
      if (length > 0) {
        first_line_ = false;
      } else if (!first_line_) {
        return std::optional<std::size_t>(seen_);
      } else if (line_ > 2 * line_end.size()) {
        return bad("a request begins with METHOD TARGET HTTP/1.1, not with empty lines");
      } else {
        begin_ = line_;
      }
      continue;
    }
    if (after_return()) return inner_return();
    if (seen_ == 0 && c == 0x16) return bad("this port speaks HTTP without TLS: use http:// instead of https://");
    if (c != '\r' && c != '\t') return bad("the request holds a control character");
    if (first_line_ && seen_ == begin_ && c == '\t') return bad("a request begins with a method");
    ++seen_;
  }
}

std::variant<std::pair<std::string, std::string>, refusal> parse_field(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) return bad("a header is folded over several lines");
  auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header has no colon");
  std::string name(line.substr(0, colon));
  bool known = !name.empty();
  for (char& c : name) known &= (c = token_character(c)) != 0;
  if (!known) return bad("a header's name is empty or holds a character that names do not have");
  const auto value = trimmed(line.substr(colon + 1));
  for (auto rest = value;;) {
    const auto control = first_control(rest);
    if (control == rest.size()) return std::pair(std::move(name), std::string(value));
    if (rest[control] != '\t') return bad("a header's value holds a control character");
    rest.remove_prefix(control + 1);
  }
}

std::variant<head, refusal> parse_head(std::string_view text, const limits& within) {
  while (text.starts_with(line_end)) text.remove_prefix(line_end.size());
  head out;
  auto next_line = [&] {
    auto end = text.find(line_end);
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + line_end.size());
    return line;
  };
  if (auto fault = read_request_line(next_line(), within, out)) return *std::move(fault);
  framing seen;
  out.what.headers.reserve(8);
  for (auto line = next_line(); !line.empty(); line = next_line()) {
    if (out.what.headers.size() == within.header_fields)
      return refusal{431, "the request has more than the " + std::to_string(within.header_fields) +
                              " headers that this server takes"};
    auto read = parse_field(line);
    if (auto* fault = std::get_if<refusal>(&read)) return *std::move(fault);
    auto& [name, value] = std::get<0>(read);
    if (auto fault = heed(name, value, within, seen, out)) return *std::move(fault);
    out.what.headers.emplace_back(std::move(name), std::move(value));
  }
  if (auto fault = settle(seen, out)) return *std::move(fault);
  return out;
}

}  // namespace vilfredo::http
