#include "io/api/query.hpp"

#include <algorithm>
#include <charconv>

#include "io/api/refusal.hpp"

namespace vilfredo::api {

std::optional<std::int64_t> query_integer(const http::request& from, std::string_view name) {
  auto* text = from.parameter(name);
  if (!text) return std::nullopt;
  std::int64_t out = 0;
  auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (failed != std::errc{} || end != text->data() + text->size())
    throw refusal{400, "Invalid value for " + std::string(name) + ": \"" + *text + "\" - expected an integer"};
  return out;
}

std::optional<bool> query_boolean(const http::request& from, std::string_view name) {
  auto* text = from.parameter(name);
  if (!text) return std::nullopt;
  auto low = lower_case(*text);
  if (low == "1" || low == "true") return true;
  if (low == "0" || low == "false") return false;
  throw refusal{400, "Invalid value for " + std::string(name) + ": \"" + *text + "\" - expected true or false"};
}

std::optional<std::string> query_text(const http::request& from, std::string_view name) {
  auto* text = from.parameter(name);
  return text ? std::optional(*text) : std::nullopt;
}

std::string lower_case(std::string x) {
  std::ranges::transform(x, x.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return x;
}

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t out = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || text.front() == '+' || failed != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

}  // namespace vilfredo::api
