#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/random.hpp"

namespace vilfredo::tests {

/// How often a test of this many rounds is to go round: VILFREDO_TEST_ROUNDS times as often, for those who have the
/// time to look closer.
inline std::uint64_t rounds(std::uint64_t usual) {
  const char* times = std::getenv("VILFREDO_TEST_ROUNDS");
  return usual * (times ? std::strtoull(times, nullptr, 10) : 1);
}

/// Damages bytes of a protocol: flipped, cut, doubled and moved ones, and the protocol's own words where they are
/// wrong.
inline std::string mutated(std::string bytes, random_source& random, const std::vector<std::string>& words) {
  auto at = [&] { return bytes.empty() ? 0 : static_cast<std::size_t>(random.below(bytes.size())); };
  for (auto times = 1 + random.below(4); times > 0; --times) {
    switch (random.below(7)) {
    case 0:
      if (!bytes.empty()) bytes[at()] = static_cast<char>(random.below(256));
      break;
    case 1: bytes.erase(at(), 1 + random.below(6)); break;
    case 2: bytes.insert(at(), words[random.below(words.size())]); break;
    case 3: bytes.insert(at(), bytes.substr(at(), random.below(60))); break;
    case 4: bytes.resize(at()); break;
    case 5: {
      const auto from = at();
      bytes.replace(from, 1 + random.below(8), words[random.below(words.size())]);
      break;
    }
    case 6: bytes.insert(at(), random.below(40), static_cast<char>(random.below(256))); break;
    }
  }
  return bytes;
}

}  // namespace vilfredo::tests
