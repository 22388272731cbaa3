#include "io/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/closest.hpp"
#include "core/text.hpp"

namespace vilfredo::io {

namespace {
using nlohmann::json;

constexpr std::size_t longest_shown = 40;
constexpr std::size_t longest_list = 12;

std::string escaped(std::string_view x) {
  return json(std::string(x)).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string shortened(std::string text) {
  if (text.size() <= longest_shown) return text;
  auto cut = longest_shown;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not inside a character
  return text.substr(0, cut) + "…";
}

/// `"a", "b" or "c"`
std::string listed(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + text::quoted(words[i]);
  return out;
}

bool plain(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}
}  // namespace

std::string shown(const json& x) {
  switch (x.type()) {
  case json::value_t::null: return "null";
  case json::value_t::object: return x.empty() ? "an empty object" : "an object";
  case json::value_t::array: return x.empty() ? "an empty list" : "a list";
  case json::value_t::number_float: return text::number(x.get<double>());
  default: return shortened(x.dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

std::string json_reader::place() const {
  if (!parent_) return {};
  auto out = parent_->place();
  if (parent_->value_.is_array()) return out + '[' + std::to_string(index_) + ']';
  if (!plain(key_)) return out + '[' + shortened(escaped(key_)) + ']';
  return (out.empty() ? out : out + '.') + shortened(std::string(key_));
}

void json_reader::complain(std::string_view sentence) const {
  if (complaint_) return;
  auto where = place();
  complaint_ = where.empty() ? std::string(sentence) : where + ": " + std::string(sentence);
}

void json_reader::expected(std::string_view what, std::string_view hint) const {
  complain("expected " + std::string(what) + ", found " + shown(value_) + (hint.empty() ? "" : "; ") +
           std::string(hint));
}

void json_reader::object(const known_keys& allowed) const {
  if (!is_object()) return;
  for (const auto& [key, value] : value_.items()) {
    if (std::ranges::find(allowed.keys, key) != allowed.keys.end()) continue;
    auto sentence = "unknown key " + shortened(escaped(key));
    auto stranger = std::ranges::find(allowed.strangers, key, &known_keys::stranger::key);
    std::vector<std::string> known(allowed.keys.begin(), allowed.keys.end());
    if (stranger != allowed.strangers.end())
      sentence += "; " + std::string(stranger->advice);
    else if (auto near = did_you_mean(key, known); !near.empty())
      sentence += near;
    else if (known.size() <= longest_list)
      sentence += "; the keys here are " + [&] {
        std::string all;
        for (const auto& k : known) all += (all.empty() ? "" : ", ") + k;
        return all;
      }();
    else
      sentence += "; remove it (docs/job-file.md lists all keys)";
    return complain(sentence);
  }
}

std::optional<json_reader> json_reader::find(std::string_view key) const {
  if (!value_.is_object()) return std::nullopt;
  auto found = value_.find(key);
  if (found == value_.end() || found->is_null()) return std::nullopt;
  return json_reader(*found, complaint_, this, key, 0);
}

json_reader json_reader::need(std::string_view key, std::string_view advice) const {
  static const json nothing;
  if (auto found = find(key)) return *found;
  if (is_object()) complain("key " + text::quoted(key) + " is missing; " + std::string(advice));
  return json_reader(nothing, complaint_, this, key, 0);
}

double json_reader::number() const {
  if (value_.is_number()) return value_.get<double>();
  double inside = 0;
  bool in_quotes = false;
  if (value_.is_string()) {
    const auto& words = value_.get_ref<const std::string&>();
    auto [end, ec] = std::from_chars(words.data(), words.data() + words.size(), inside);
    in_quotes = !words.empty() && ec == std::errc{} && end == words.data() + words.size();
  }
  expected("a number", in_quotes ? "remove the quotes" : "");
  return 0;
}

std::uint64_t json_reader::whole_up_to(std::uint64_t most) const {
  if (value_.is_number_unsigned() || (value_.is_number_integer() && value_.get<std::int64_t>() >= 0)) {
    if (auto n = value_.get<std::uint64_t>(); n <= most) return n;
  } else if (value_.is_number_float()) {
    // 3.0 is how some programs write 3.
    auto d = value_.get<double>();
    if (d >= 0 && d <= 0x1p53 && d == std::floor(d) && static_cast<std::uint64_t>(d) <= most)
      return static_cast<std::uint64_t>(d);
  }
  expected(most == std::numeric_limits<std::uint64_t>::max() ? "a whole number, 0 or more"
                                                             : "a whole number from 0 to " + std::to_string(most));
  return 0;
}

bool json_reader::boolean() const {
  if (value_.is_boolean()) return value_.get<bool>();
  expected("true or false");
  return false;
}

std::string json_reader::text(std::string_view hint) const {
  if (value_.is_string()) return value_.get<std::string>();
  expected("a text in quotes", hint);
  return {};
}

void json_reader::not_one_of(const std::string& given, std::span<const std::string> choices,
                             std::span<const known_keys::stranger> strangers) const {
  if (!value_.is_string()) return;  // complained already
  auto stranger = std::ranges::find(strangers, given, &known_keys::stranger::key);
  if (stranger != strangers.end()) return expected(listed(choices), stranger->advice);
  auto near = did_you_mean(given, choices);
  expected(listed(choices), near.empty() ? near : near.substr(2));
}

bool json_reader::is_list(std::string_view hint) const {
  if (value_.is_array()) return true;
  expected("a list […]", hint);
  return false;
}

bool json_reader::is_object() const {
  if (value_.is_object()) return true;
  expected("an object {…}");
  return false;
}

}  // namespace vilfredo::io
