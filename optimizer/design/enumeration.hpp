#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/space.hpp"

namespace vilfredo {

/// Walks through all configurations of a space on a grid, each once, in the order of the space's dimensions (the last
/// changes fastest). Branches that no linear constraint can allow any more are left out early.
///
/// Categories and grids have all their values; integers all when there are at most `levels`; else they and reals have
/// `levels` values equally spaced on their scale, both ends included (one level: the middle).
class enumeration {
public:
  /// `domain` must outlive it.
  enumeration(const space& domain, std::size_t levels);

  /// The next feasible configuration; nothing at the end (then `exhausted`) or after `most_visits` more steps.
  std::optional<assignments> next(std::size_t most_visits);
  bool exhausted() const { return exhausted_; }
  std::size_t visits() const { return visits_; }

  /// Where it stands, for `resume` in a later life.
  std::span<const std::size_t> position() const { return digits_; }
  /// Goes on from a position; false, and back at the start, when it is none of this space.
  bool resume(std::span<const std::size_t> position);

private:
  std::size_t choices(std::size_t depth) const;
  bool place(std::size_t depth);
  bool possible() const;

  const space* domain_;
  std::vector<std::vector<double>> values_;  // of each dimension
  assignments x_;
  std::vector<bool> placed_;         // by dimension
  std::vector<std::size_t> digits_;  // by depth in the space's order: which value
  std::size_t depth_ = 0, visits_ = 0;
  bool exhausted_ = false;
};

}  // namespace vilfredo
