#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace vilfredo::sim {

/// What happened, as lines for people when wanted, and always as one number that two equal runs share.
class trace {
public:
  bool print = false;

  void add(std::uint64_t x) { hash_ = (hash_ ^ x) * 0x100000001b3ull; }
  void line(const std::string& when, const std::string& what) {
    for (char c : what) add(static_cast<unsigned char>(c));
    if (print) std::printf("%s  %s\n", when.c_str(), what.c_str());
  }
  std::uint64_t hash() const { return hash_; }

private:
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};

}  // namespace vilfredo::sim
