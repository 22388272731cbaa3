#pragma once
#include <map>
#include <string>
#include <vector>

namespace vilfredo::bench {

/// An array of numbers, rows one after the other.
struct array {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// The arrays of a NumPy archive (.npz) by name: float32 and float64, integers of any width, booleans. Ends the program
/// with a sentence when the file is none.
std::map<std::string, array> read_npz(const std::string& path);

}  // namespace vilfredo::bench
