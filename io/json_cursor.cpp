#include "io/json_cursor.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace vilfredo::io {

namespace {
bool digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  }
}

/// Whether a number that no double holds is too small rather than too large: the decimal place of its first digit.
bool vanishes(std::string_view token) {
  auto e = token.find_first_of("eE");
  long exponent = 0;
  if (e != token.npos) {
    auto from = token.data() + e + 1 + (token[e + 1] == '+' ? 1 : 0);
    if (std::from_chars(from, token.data() + token.size(), exponent).ec != std::errc{}) return token[e + 1] == '-';
  }
  auto digits = token.substr(0, e);
  auto first = digits.find_first_of("123456789");
  if (first == digits.npos) return true;
  auto point = std::min(digits.find('.'), digits.size());
  return exponent + static_cast<long>(point) - static_cast<long>(first) < 0;
}
}  // namespace

bool json_cursor::fail(std::string sentence) { return fail_at(at_, std::move(sentence)); }

bool json_cursor::fail_at(std::size_t offset, std::string sentence) {
  if (!failure_) failure_ = failure{offset, std::move(sentence)};
  at_ = text_.size();
  return false;
}

void json_cursor::blank() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
      ++at_;
    else if (c == '/' && style_ == json_style::relaxed)
      comment();
    else
      return;
  }
}

void json_cursor::comment() {
  auto opening = text_.substr(at_, 2);
  if (opening == "//") {
    at_ = std::min(text_.find('\n', at_), text_.size());
  } else if (opening == "/*") {
    auto closing = text_.find("*/", at_ + 2);
    if (closing == text_.npos)
      fail("this comment does not end; close it with */");
    else
      at_ = closing + 2;
  } else {
    fail("a comment begins with // or /*, not with a single /");
  }
}

char json_cursor::peek() {
  // What programs write has no blanks: nearly every call ends here.
  if (at_ < text_.size() && text_[at_] > ' ' && text_[at_] != '/') return text_[at_];
  blank();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool json_cursor::take(char c) {
  if (peek() != c || failed() || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool json_cursor::expected(std::string_view what) {
  if (failed()) return false;
  blank();
  std::string sentence = "expected " + std::string(what);
  if (at_ >= text_.size()) return fail(sentence + ", but the text ends here");
  auto from = at_;
  auto to = from;
  auto wordy = [](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
  };
  if (text_[to] == '"') {
    ++to;
    while (to < text_.size() && to - from < 40 && text_[to] != '"' && text_[to] != '\n') ++to;
    if (to < text_.size() && text_[to] == '"') ++to;
  } else {
    while (to < text_.size() && to - from < 40 && wordy(text_[to])) ++to;
    if (to == from) ++to;
  }
  while (to < text_.size() && (static_cast<unsigned char>(text_[to]) & 0xC0) == 0x80) ++to;  // whole characters only
  auto found = text_.substr(from, to - from);
  for (char c : found)
    if (static_cast<unsigned char>(c) < 0x20) return fail(sentence + ", found a control character; remove it");
  sentence += ", found " + std::string(found);
  if (found == "'") sentence += "; texts are written in double quotes";
  if (found == "True" || found == "False" || found == "None") sentence += "; JSON has true, false and null";
  if (found == "NaN" || found == "Infinity" || found == "inf" || found == "nan")
    sentence += "; JSON has finite numbers only";
  if (found == "/" || found == "#")
    sentence += style_ == json_style::relaxed ? "; comments begin with //" : "; comments are not allowed here";
  return fail(std::move(sentence));
}

bool json_cursor::open(char bracket) {
  if (!take(bracket)) return expected(bracket == '{' ? "an object {…}" : "a list […]");
  if (++levels_ > most_levels) {
    --at_;
    return fail("lists and objects are nested more than " + std::to_string(most_levels) + " levels deep; flatten them");
  }
  first_ = true;
  return true;
}

bool json_cursor::more(char closing) {
  if (failed()) return false;
  bool first = first_;
  first_ = false;
  if (!first && peek() != closing) {
    auto comma = at_;
    if (!take(',')) return expected(closing == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
    if (peek() != closing) return !failed();
    if (style_ != json_style::relaxed)
      return fail_at(comma, std::string("there is a comma before \"") + closing + "\"; remove it");
  }
  if (!take(closing)) return !failed();
  --levels_;
  return false;
}

bool json_cursor::key(std::string_view& out, std::string& scratch) {
  if (peek() != '"') return expected("a key in double quotes");
  if (!string_view(out, scratch)) return false;
  if (at_ < text_.size() && text_[at_] == ':') return ++at_, true;
  return take(':') || expected("\":\" after the key");
}

bool json_cursor::string(std::string& out) {
  if (peek() != '"') return expected("a text in double quotes");
  std::string_view view;
  std::string scratch;
  if (!string_view(view, scratch)) return false;
  if (view.data() == scratch.data())
    out = std::move(scratch);
  else
    out.assign(view);
  return true;
}

bool json_cursor::string_view(std::string_view& out, std::string& scratch) {
  auto quote = at_++;
  auto from = at_;
  bool escaped = false;
  scratch.clear();
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == '"') {
      out = text_.substr(from, at_ - from);
      ++at_;
      if (escaped) {
        scratch.append(out);
        out = scratch;
      }
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      if (c != '\n' && c != '\r')
        return fail("a control character stands inside a text; remove it or write it as \\u00XX");
      return fail_at(quote,
                     "this text does not end in its line; close it with a double quote, or write \\n for a line break");
    }
    if (c != '\\') {
      ++at_;
      continue;
    }
    escaped = true;
    scratch.append(text_.substr(from, at_ - from));
    if (!escape(scratch)) return false;
    from = at_;
  }
  return fail_at(quote, "this text does not end; close it with a double quote");
}

bool json_cursor::escape(std::string& out) {
  auto start = at_++;
  char c = at_ < text_.size() ? text_[at_] : '\0';
  ++at_;
  switch (c) {
  case '"':
  case '\\':
  case '/': out += c; return true;
  case 'b': out += '\b'; return true;
  case 'f': out += '\f'; return true;
  case 'n': out += '\n'; return true;
  case 'r': out += '\r'; return true;
  case 't': out += '\t'; return true;
  case 'u': break;
  default: return fail_at(start, "there is no such escape; write \\\\ for a backslash");
  }
  std::uint32_t code = 0;
  if (!code_unit(code)) return fail_at(start, "four hexadecimal digits must follow \\u");
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(std::min(at_, text_.size()), 2) == "\\u") {
    auto second = at_;
    std::uint32_t low = 0;
    at_ += 2;
    if (!code_unit(low)) return fail_at(second, "four hexadecimal digits must follow \\u");
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
      return true;
    }
    at_ = second;
  }
  if (code >= 0xDC80 && code < 0xDD00 && style_ == json_style::facts) {
    out += static_cast<char>(code - 0xDC00);
    return true;
  }
  if (code >= 0xD800 && code < 0xE000)
    return fail_at(start, "half of a surrogate pair stands alone; write the character itself");
  append_utf8(out, code);
  return true;
}

bool json_cursor::code_unit(std::uint32_t& out) {
  if (text_.size() < at_ + 4) return false;
  auto [end, ec] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, out, 16);
  if (ec != std::errc{} || end != text_.data() + at_ + 4) return false;
  at_ += 4;
  return true;
}

std::string_view json_cursor::number_token(bool& whole) {
  peek();
  auto from = at_;
  auto i = at_;
  auto digits = [&] {
    auto before = i;
    while (i < text_.size() && digit(text_[i])) ++i;
    return i > before;
  };
  auto is = [&](char c) { return i < text_.size() && text_[i] == c; };
  whole = true;
  if (is('-')) ++i;
  bool zero = is('0');
  auto integer = i;
  if (!digits()) return expected("a number"), std::string_view{};
  if (zero && i > integer + 1) return fail("a number must not begin with 0; remove it"), std::string_view{};
  if (is('.')) {
    whole = false;
    ++i;
    if (!digits()) return fail("a digit must follow the decimal point"), std::string_view{};
  }
  if (is('e') || is('E')) {
    whole = false;
    ++i;
    if (is('+') || is('-')) ++i;
    if (!digits()) return fail("a digit must follow the exponent's e"), std::string_view{};
  }
  at_ = i;
  return text_.substr(from, i - from);
}

bool json_cursor::number(double& out) {
  bool whole = false;
  auto token = number_token(whole);
  if (token.empty()) return false;
  auto [end, ec] = std::from_chars(token.data(), token.data() + token.size(), out);
  if (ec == std::errc{} && std::isfinite(out)) return true;
  if (!vanishes(token))
    return fail_at(at_ - token.size(), "this number is too large; the largest is 1.7976931348623157e308");
  out = token.front() == '-' ? -0.0 : 0.0;
  return true;
}

bool json_cursor::number(std::uint64_t& out) {
  bool whole = false;
  auto token = number_token(whole);
  if (token.empty()) return false;
  auto [end, ec] = std::from_chars(token.data(), token.data() + token.size(), out);
  if (ec == std::errc{} && end == token.data() + token.size()) return true;
  return fail_at(at_ - token.size(), "expected a whole number from 0 to 18446744073709551615");
}

bool json_cursor::number(number_value& out) {
  bool whole = false;
  auto before = at_;
  auto token = number_token(whole);
  if (token.empty()) return false;
  if (whole && token != "-0") {
    std::int64_t i = 0;
    std::uint64_t u = 0;
    if (std::from_chars(token.data(), token.data() + token.size(), i).ec == std::errc{}) return out = i, true;
    if (token.front() != '-' && std::from_chars(token.data(), token.data() + token.size(), u).ec == std::errc{})
      return out = u, true;
  }
  at_ = before;
  double d = 0;
  if (!number(d)) return false;
  out = d;
  return true;
}

bool json_cursor::word(std::string_view literal) {
  auto next = peek();
  if (failed() || next != literal.front() || text_.substr(at_, literal.size()) != literal) {
    // Of another word that begins with the same letter, such as YAML's first key, this one was not meant.
    bool begun = text_.substr(at_, 2) == literal.substr(0, 2);
    return expected(begun ? "\"" + std::string(literal) + "\"" : "a value");
  }
  at_ += literal.size();
  return true;
}

bool json_cursor::any() {
  std::string_view name;
  std::string scratch;
  double number_read = 0;
  switch (peek()) {
  case '{':
    open('{');
    while (more('}'))
      if (key(name, scratch)) any();
    break;
  case '[':
    open('[');
    while (more(']')) any();
    break;
  case '"': string_view(name, scratch); break;
  case 't': word("true"); break;
  case 'f': word("false"); break;
  case 'n': word("null"); break;
  default:
    if (char c = peek(); c == '-' || digit(c))
      number(number_read);
    else
      expected("a value");
  }
  return !failed();
}

bool json_cursor::skip(std::string_view& out) {
  peek();
  auto from = at_;
  bool good = any();
  if (good) out = text_.substr(from, at_ - from);
  return good;
}

bool json_cursor::end() {
  peek();
  if (failed()) return false;
  return at_ == text_.size() || expected("the end of the text");
}

}  // namespace vilfredo::io
