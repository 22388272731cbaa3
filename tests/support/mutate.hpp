#pragma once
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "core/random.hpp"

namespace vilfredo::tests {

/// How often a test of this many rounds is to go round: VILFREDO_TEST_ROUNDS times as often, for those who have the
/// time to look closer.
inline std::uint64_t rounds(std::uint64_t usual) {
  const char* times = std::getenv("VILFREDO_TEST_ROUNDS");
  return usual * (times ? std::strtoull(times, nullptr, 10) : 1);
}

/// Damages bytes as hands, disks and strangers do: flipped, cut, doubled and moved, and words of their own language put
/// where they are wrong.
template <class Words>
std::string mutated(std::string bytes, random_source& random, const Words& words) {
  auto at = [&] { return bytes.empty() ? 0 : static_cast<std::size_t>(random.below(bytes.size())); };
  for (auto times = 1 + random.below(4); times > 0; --times) {
    switch (random.below(7)) {
    case 0:
      if (!bytes.empty()) bytes[at()] = static_cast<char>(random.below(256));
      break;
    case 1: bytes.erase(at(), 1 + random.below(8)); break;
    case 2: bytes.insert(at(), words[random.below(std::size(words))]); break;
    case 3: bytes.insert(at(), bytes.substr(at(), random.below(60))); break;
    case 4: bytes.resize(at()); break;
    case 5: {
      const auto from = at();
      bytes.replace(from, 1 + random.below(8), words[random.below(std::size(words))]);
      break;
    }
    case 6: bytes.insert(at(), random.below(40), static_cast<char>(random.below(256))); break;
    }
  }
  return bytes;
}

/// The same of JSON.
inline std::string mutated(std::string text, random_source& random) {
  static constexpr std::string_view pieces[] = {
      "{",     "}",    "[",      "]",        ",",      ":",    "\"",
      "null",  "true", "-1",     "1e999",    "1e-999", "0",    "\\u0000",
      "\\ud8", "//",   "/*",     "*/",       "\xff",   "-0.0", "18446744073709551616",
      "{}",    "[]",   "\"lr\"", "\"name\"", "\"\"",   "\n",   "9007199254740993"};
  return mutated(std::move(text), random, pieces);
}

}  // namespace vilfredo::tests
