#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/random.hpp"

namespace vilfredo::tests {

/// Damages text as hands and disks do: bytes flipped, cut, doubled, moved, and pieces of JSON put where they are wrong.
inline std::string mutated(std::string text, random_source& random) {
  static constexpr std::string_view pieces[] = {
      "{",     "}",    "[",      "]",        ",",      ":",    "\"",
      "null",  "true", "-1",     "1e999",    "1e-999", "0",    "\\u0000",
      "\\ud8", "//",   "/*",     "*/",       "\xff",   "-0.0", "18446744073709551616",
      "{}",    "[]",   "\"lr\"", "\"name\"", "\"\"",   "\n",   "9007199254740993"};
  auto at = [&] { return text.empty() ? 0 : static_cast<std::size_t>(random.below(text.size())); };
  for (auto times = 1 + random.below(3); times > 0; --times) {
    switch (random.below(6)) {
    case 0:
      if (!text.empty()) text[at()] = static_cast<char>(random.below(256));
      break;
    case 1: text.erase(at(), 1 + random.below(8)); break;
    case 2: text.insert(at(), pieces[random.below(std::size(pieces))]); break;
    case 3: text.insert(at(), text.substr(at(), random.below(40))); break;
    case 4: text.resize(at()); break;
    case 5: {
      auto from = at();
      auto piece = pieces[random.below(std::size(pieces))];
      text.replace(from, 1 + random.below(6), piece);
      break;
    }
    }
  }
  return text;
}

}  // namespace vilfredo::tests
