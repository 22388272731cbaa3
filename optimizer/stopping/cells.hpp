#pragma once
#include <cmath>
#include <cstddef>

#include "optimizer/stopping/curve.hpp"

namespace vilfredo::stopping {

/// Steps in cells, sixteen of equal width to each octave: up to 31 each whole step has one of its own, and ten thousand
/// reports meet about two hundred. Steps that are not positive have none.
inline constexpr int cells_an_octave = 16;

inline int cell_of(double step) {
  const int octave = std::ilogb(step);
  return cells_an_octave * octave + static_cast<int>(cells_an_octave * (std::ldexp(step, -octave) - 1));
}

/// The least step in a cell.
inline double start_of(int cell) {
  const int part = cell & (cells_an_octave - 1), octave = (cell - part) / cells_an_octave;
  return std::ldexp(1 + static_cast<double>(part) / cells_an_octave, octave);
}

/// Whether a report is its curve's first in a cell.
inline bool first_in_cell(const curve& x, std::size_t row) {
  return x.step(row) > 0 && (row == 0 || x.step(row - 1) <= 0 || cell_of(x.step(row - 1)) != cell_of(x.step(row)));
}

}  // namespace vilfredo::stopping
