#include "app/shell_word.hpp"

#include <algorithm>

namespace vilfredo::app {

std::string shell_word(const std::string& x) {
  auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/' || c == ',' || c == ':' || c == '=' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!x.empty() && x[0] != '-' && std::ranges::all_of(x, safe)) return x;
  std::string out = "'";
  for (char c : x) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

}  // namespace vilfredo::app
