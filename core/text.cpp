#include "core/text.hpp"

#include <algorithm>
#include <charconv>

namespace vilfredo::text {

std::string number(double x) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr};
}

std::string quoted(std::string_view x) { return '"' + std::string(x) + '"'; }

std::string at(std::string_view list, std::size_t i) { return std::string(list) + '[' + std::to_string(i) + ']'; }

bool is_utf8(std::string_view x) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(x[i]); };
  for (std::size_t i = 0; i < x.size();) {
    const unsigned first = byte(i);
    std::size_t more = first < 0x80 ? 0 : first < 0xC2 ? 4 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : 4;
    if (more == 4 || i + more >= x.size()) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    // Overlong forms, surrogates, and what lies beyond U+10FFFF show in the second byte.
    if (more >= 2) {
      const unsigned second = byte(i + 1);
      if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
          (first == 0xF4 && second >= 0x90))
        return false;
    }
    i += more + 1;
  }
  return true;
}

std::optional<std::string> name_fault(std::string_view x) {
  if (x.empty()) return "must not be empty";
  if (x.size() > longest_name)
    return "must be at most " + std::to_string(longest_name) + " bytes long; this one has " + std::to_string(x.size());
  if (!is_utf8(x)) return "must be UTF-8 text";
  if (std::ranges::any_of(x, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return "must not hold control characters";
  return std::nullopt;
}

}  // namespace vilfredo::text
