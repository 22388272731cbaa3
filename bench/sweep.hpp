#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace vilfredo::bench {

/// What the benches of samplers on few problems are asked for: [--seeds N] [--trials N] [--parallel K] [--only WORD]
/// [SAMPLER …], where each has its own defaults.
struct sweep {
  std::uint64_t seeds, trials;
  std::uint32_t parallel;
  std::string only;  ///< problems whose name holds this
  std::vector<std::string> samplers;

  void read(int argc, char** argv) {
    std::vector<std::string> named;
    for (int i = 1; i < argc; ++i) {
      auto word = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
      auto number = [&] { return std::max(1ull, std::strtoull(word().c_str(), nullptr, 10)); };
      if (!std::strcmp(argv[i], "--seeds"))
        seeds = number();
      else if (!std::strcmp(argv[i], "--trials"))
        trials = number();
      else if (!std::strcmp(argv[i], "--parallel"))
        parallel = static_cast<std::uint32_t>(number());
      else if (!std::strcmp(argv[i], "--only"))
        only = word();
      else
        named.emplace_back(argv[i]);
    }
    if (!named.empty()) samplers = named;
  }
  bool wants(const std::string& problem) const { return problem.find(only) != std::string::npos; }
};

}  // namespace vilfredo::bench
