#include "io/api/body.hpp"

#include <algorithm>
#include <cmath>

#include "io/api/query.hpp"
#include "io/api/refusal.hpp"
#include "io/http/characters.hpp"
#include "io/json_text.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

std::size_t characters(std::string_view x) {
  return static_cast<std::size_t>(
      std::ranges::count_if(x, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool holds_nul(const json& x) {
  if (x.is_string()) return x.get_ref<const std::string&>().find('\0') != std::string::npos;
  if (x.is_array()) return std::ranges::any_of(x, holds_nul);
  if (!x.is_object()) return false;
  for (const auto& [key, value] : x.get_ref<const json::object_t&>())
    if (key.find('\0') != std::string::npos || holds_nul(value)) return true;
  return false;
}

[[noreturn]] void beyond(const std::string& what, std::size_t most, const std::string& unit) {
  throw refusal{400, "Malformed json in request body: " + what + " the " + std::to_string(most) + " " + unit};
}

bool is_integral(const json& x) {
  return x.is_number_integer() ||
         (x.is_number_float() && x.get<double>() == std::floor(x.get<double>()) && std::abs(x.get<double>()) < 9.2e18);
}

}  // namespace

void check_limits(std::string_view text, const body_limits& within) {
  const auto end = text.size();
  std::size_t levels = 0;
  for (std::size_t at = 0; at < end;) {
    const char c = text[at];
    const auto begin = at++;
    if (c == '"') {
      while (at < end && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
      at = std::min(at, end);
      if (at - begin - 1 > within.text_bytes)
        beyond("a text is longer than", within.text_bytes, "bytes that body_text_bytes allows");
      ++at;
    } else if (c == '[' || c == '{') {
      if (++levels > within.levels)
        beyond("lists and objects are nested more than", within.levels, "levels that body_levels allows");
    } else if (c == ']' || c == '}') {
      if (levels > 0) --levels;
    } else if (c == '-' || http::is_digit(c)) {
      while (at < end &&
             (http::is_digit(text[at]) || std::string_view(".eE+-").find(text[at]) != std::string_view::npos))
        ++at;
      if (at - begin > within.number_bytes)
        beyond("a number is longer than", within.number_bytes, "bytes that body_number_bytes allows");
    }
  }
}

json read_body(const http::request& from, const body_limits& within) {
  if (from.body.empty()) return json::object();
  if (auto* type = from.header("content-type")) {
    std::string_view known = *type;
    known = known.substr(0, known.find(';'));
    while (known.ends_with(' ')) known.remove_suffix(1);
    // A bare `curl -d` says that it sends a form.
    if (known != "application/json" && known != "application/x-www-form-urlencoded" && !known.empty())
      return json::object();
  }
  check_limits(from.body, within);
  auto out = io::parse_json(from.body);
  if (!out) throw refusal{400, "Malformed json in request body: " + out.error().message};
  if (!out->is_object()) throw refusal{400, "Malformed json in request body: expected an object, found " + brief(*out)};
  // A bare one is no JSON.
  if (from.body.find("\\u0000") != std::string::npos && holds_nul(*out))
    throw refusal{400, "Malformed json in request body: a text holds a NUL character"};
  return *std::move(out);
}

std::string brief(const json& x) {
  auto out = x.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr std::size_t longest = 200;
  if (out.size() <= longest) return out;
  auto cut = longest;
  while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80) --cut;
  return out.substr(0, cut) + "…";
}

void wrong_type(std::string_view key, const json& found, std::string_view expected) {
  throw refusal{400, "Invalid type for " + std::string(key) + ": " + brief(found) + " - expected type " +
                         std::string(expected)};
}

std::string checked_name(std::string_view key, std::string_view text, std::size_t least, std::size_t most) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      throw refusal{400, std::string(key) + " must not hold control characters"};
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (auto n = characters(text); n < least || n > most)
    throw refusal{400, "The length of " + std::string(key) + " must be between " + std::to_string(least) + " and " +
                           std::to_string(most) + ", not " + std::to_string(n)};
  return std::string(text);
}

body::body(const json& object, std::initializer_list<std::string_view> keys) : object_(object) {
  if (keys.size() == 0) return;
  std::string strangers;
  for (const auto& [key, value] : object.get_ref<const json::object_t&>())
    if (std::ranges::find(keys, key) == keys.end()) strangers += (strangers.empty() ? "" : ", ") + key;
  if (!strangers.empty()) throw refusal{400, "Unknown json keys `" + strangers + "` in: " + brief(object)};
}

const json* body::find(std::string_view key) const {
  auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const json& body::need(std::string_view key) const {
  if (auto* found = find(key)) return *found;
  throw refusal{400, "Missing required json key \"" + std::string(key) + "\" in: " + brief(object_)};
}

std::optional<std::string> body::text(std::string_view key, std::size_t least, std::size_t most) const {
  auto* x = find(key);
  if (!x) return std::nullopt;
  if (!x->is_string()) wrong_type(key, *x, "string");
  const auto& out = x->get_ref<const std::string&>();
  if (auto n = characters(out); n < least || n > most)
    throw refusal{400, "The length of " + std::string(key) + " must be between " + std::to_string(least) + " and " +
                           std::to_string(most) + ", not " + std::to_string(n)};
  return out;
}

std::optional<std::int64_t> body::integer(std::string_view key, std::int64_t least) const {
  auto* x = find(key);
  if (!x) return std::nullopt;
  if (!is_integral(*x) || (x->is_number_unsigned() && x->get<std::uint64_t>() > INT64_MAX))
    wrong_type(key, *x, "integer");
  auto out = x->is_number_float() ? static_cast<std::int64_t>(x->get<double>()) : x->get<std::int64_t>();
  if (out < least)
    throw refusal{400, std::string(key) + " must be greater than or equal to " + std::to_string(least) + ", not " +
                           std::to_string(out)};
  return out;
}

std::optional<double> body::number(std::string_view key) const {
  auto* x = find(key);
  if (!x) return std::nullopt;
  if (!x->is_number()) wrong_type(key, *x, "number");
  return x->get<double>();
}

std::optional<bool> body::boolean(std::string_view key) const {
  auto* x = find(key);
  if (!x) return std::nullopt;
  if (!x->is_boolean()) wrong_type(key, *x, "boolean");
  return x->get<bool>();
}

std::optional<std::uint64_t> body::id(std::string_view key) const {
  auto* x = find(key);
  if (!x) return std::nullopt;
  if (x->is_string())
    if (auto out = digits(x->get_ref<const std::string&>())) return out;
  if (x->is_number_integer() && (x->is_number_unsigned() || x->get<std::int64_t>() >= 0))
    return x->get<std::uint64_t>();
  wrong_type(key, *x, "id");
}

const json* body::object(std::string_view key) const {
  auto* x = find(key);
  if (x && !x->is_object()) wrong_type(key, *x, "object");
  return x;
}

const json* body::list(std::string_view key) const {
  auto* x = find(key);
  if (x && !x->is_array()) wrong_type(key, *x, "array");
  return x;
}

std::optional<metadata> body::notes(std::string_view key, std::size_t most_keys) const {
  if (!has(key)) return std::nullopt;
  auto* x = object(key);
  if (!x) return metadata{};
  if (x->size() > most_keys)
    throw refusal{400, std::string(key) + " must have at most " + std::to_string(most_keys) + " keys, not " +
                           std::to_string(x->size())};
  metadata_map out;
  for (const auto& [name, value] : x->items()) {
    if (characters(name) > 100)
      throw refusal{400, "The length of keys of " + std::string(key) + " must be at most 100: " + name};
    if (value.is_null()) continue;
    if (value.is_string()) {
      if (characters(value.get_ref<const std::string&>()) > 500)
        throw refusal{400, "The length of " + std::string(key) + "." + name + " must be at most 500"};
      out[name] = value.get<std::string>();
    } else if (value.is_number()) {
      out[name] = value.get<double>();
    } else {
      wrong_type(std::string(key) + "." + name, value, "string or number");
    }
  }
  return std::make_shared<const metadata_map>(std::move(out));
}

}  // namespace vilfredo::api
