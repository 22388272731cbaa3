#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/problems.hpp"
#include "core/space.hpp"

namespace vilfredo::bench {

/// Something that suggests trials and learns from their values: a sampler of this program, or another program.
class tuner {
public:
  virtual ~tuner() = default;
  /// Another experiment; what was before is forgotten.
  virtual void begin(const definition& x) = 0;
  struct asked {
    std::uint64_t id = 0;
    assignments point;
  };
  virtual asked ask() = 0;
  /// One value a metric; none: the trial failed.
  virtual void tell(std::uint64_t id, const std::vector<double>& values) = 0;
};

struct race_settings {
  std::uint64_t trials = 100;
  std::uint32_t parallel = 1;  ///< workers; each takes a random time for a trial, so results come out of order
  std::uint64_t seed = 1;
  std::vector<std::uint64_t> marks = {50, 100};  ///< after how many results it is scored
};

struct race_result {
  std::vector<double> scores;  ///< one a mark
  double ask_seconds = 0;
};

/// A score is less the better. One objective: the normalized regret of the trial that looked best, without noise, which
/// is 0 at the least loss and 1 at `typical_loss` (never more, and 1 while nothing feasible is known). Several: the
/// share of the greatest hypervolume that is missing.
race_result race(const problem& p, tuner& with, const race_settings& s);

/// The median loss of random feasible configurations; of all random ones where hardly any is feasible.
double typical_loss(const problem& p);

}  // namespace vilfredo::bench
