#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// Characters as HTTP sees them: bytes of ASCII, whatever the locale.
namespace vilfredo::http {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
/// Where the first control character stands, or the size of `x`.
inline std::size_t first_control(std::string_view x) {
  constexpr std::uint64_t each = 0x0101010101010101;
  std::size_t i = 0;
  // Eight at a time: `some_below(w, n)` is zero unless a byte of w is below n (n <= 0x80).
  auto some_below = [](std::uint64_t w, std::uint64_t n) { return (w - each * n) & ~w & each * 0x80; };
  for (; i + 8 <= x.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, x.data() + i, 8);
    if (some_below(word, 0x20) | some_below(word ^ each * 0x7f, 1)) break;
  }
  while (i < x.size() && !is_control(x[i])) ++i;
  return i;
}

/// tchar of RFC 9110, 5.6.2, in lower case; 0 for every other character.
inline char token_character(char c) {
  static constexpr auto known = [] {
    std::array<char, 256> out{};
    for (char each : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"))
      out[static_cast<unsigned char>(each)] = each;
    for (char each = 'A'; each <= 'Z'; ++each)
      out[static_cast<unsigned char>(each)] = static_cast<char>(each - 'A' + 'a');
    return out;
  }();
  return known[static_cast<unsigned char>(c)];
}
inline bool is_token_character(char c) { return token_character(c) != 0; }
inline bool is_token(std::string_view x) { return !x.empty() && std::all_of(x.begin(), x.end(), is_token_character); }

/// The digit's value, or -1.
inline int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

inline std::string lower(std::string_view x) {
  std::string out(x);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// Whether `x` is, in whatever case, the name that `lower_case` has in lower case.
inline bool is_name(std::string_view x, std::string_view lower_case) {
  return std::equal(x.begin(), x.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
/// Without blanks and tabs at both ends.
inline std::string_view trimmed(std::string_view x) {
  while (!x.empty() && is_blank(x.front())) x.remove_prefix(1);
  while (!x.empty() && is_blank(x.back())) x.remove_suffix(1);
  return x;
}

/// Calls `each` with every element of a comma-separated list that is not empty, without its outer blanks.
template <class Each>
void for_each_listed(std::string_view list, Each each) {
  for (;;) {
    auto end = list.find(',');
    if (auto one = trimmed(list.substr(0, end)); !one.empty()) each(one);
    if (end == std::string_view::npos) return;
    list.remove_prefix(end + 1);
  }
}

}  // namespace vilfredo::http
