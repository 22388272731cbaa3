#include "io/json_text.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "io/json_reader.hpp"

namespace vilfredo::io {

namespace {
using nlohmann::json;

struct builder {
  json_cursor& in;

  json value() {
    switch (in.peek()) {
    case '{': return object();
    case '[': return list();
    case '"': {
      std::string text;
      in.string(text);
      return text;
    }
    case 't': return in.word("true"), true;
    case 'f': return in.word("false"), false;
    case 'n': return in.word("null"), nullptr;
    default: return number();
    }
  }

  json object() {
    json::object_t out;
    in.open('{');
    std::string_view key;
    std::string scratch;
    while (in.more('}')) {
      in.peek();
      auto at = in.offset();
      if (!in.key(key, scratch)) break;
      auto [entry, fresh] = out.try_emplace(std::string(key));
      if (!fresh) {
        in.fail_at(at, "the key " + shown(entry->first) + " is given twice in this object; remove one");
        break;
      }
      entry->second = value();
    }
    return out;
  }

  json list() {
    json::array_t out;
    in.open('[');
    while (in.more(']')) out.push_back(value());
    return out;
  }

  json number() {
    json_cursor::number_value x = 0.0;
    if (char c = in.peek(); c == '-' || (c >= '0' && c <= '9'))
      in.number(x);
    else
      in.expected("a value");
    return std::visit([](auto n) { return json(n); }, x);
  }
};

error located(std::string_view text, std::size_t offset, const std::string& sentence) {
  auto before = text.substr(0, offset);
  auto line = 1 + std::ranges::count(before, '\n');
  auto start = before.rfind('\n');
  if (start != before.npos) before.remove_prefix(start + 1);
  auto column =
      1 + std::ranges::count_if(before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {errc::invalid, std::to_string(line) + ":" + std::to_string(column) + ": " + sentence};
}
}  // namespace

std::size_t first_not_utf8(std::string_view text) {
  auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  std::size_t i = 0;
  while (i < text.size()) {
    auto c = at(i);
    if (c < 0x80) {
      ++i;
      continue;
    }
    // Table 3-7 of the Unicode standard: the second byte's range depends on the first.
    std::size_t length = 0;
    unsigned low = 0x80, high = 0xBF;
    if (c >= 0xC2 && c <= 0xDF) {
      length = 2;
    } else if (c >= 0xE0 && c <= 0xEF) {
      length = 3;
      if (c == 0xE0) low = 0xA0;
      if (c == 0xED) high = 0x9F;
    } else if (c >= 0xF0 && c <= 0xF4) {
      length = 4;
      if (c == 0xF0) low = 0x90;
      if (c == 0xF4) high = 0x8F;
    } else {
      return i;
    }
    if (at(i + 1) < low || at(i + 1) > high) return i;
    for (std::size_t j = 2; j < length; ++j)
      if (at(i + j) < 0x80 || at(i + j) > 0xBF) return i;
    i += length;
  }
  return text.size();
}

result<json> parse_json(std::string_view text, json_style style) {
  if (auto bad = first_not_utf8(text); bad < text.size())
    return located(text, bad, "this is not UTF-8 text; save it as UTF-8");
  json_cursor in(text, style);
  auto out = builder{in}.value();
  in.end();
  if (const auto& failed = in.what_failed()) return located(text, failed->offset, failed->sentence);
  return out;
}

}  // namespace vilfredo::io
