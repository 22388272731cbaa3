#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace vilfredo::bench {

/// By linear interpolation between the two nearest of at least one value.
inline double quantile(std::vector<double> x, double q) {
  std::ranges::sort(x);
  const double at = q * static_cast<double>(x.size() - 1);
  const auto low = static_cast<std::size_t>(at), high = std::min(low + 1, x.size() - 1);
  if (x[low] == x[high]) return x[low];  // infinite, perhaps
  return std::lerp(x[low], x[high], at - static_cast<double>(low));
}

inline double median(std::vector<double> x) { return quantile(std::move(x), 0.5); }

}  // namespace vilfredo::bench
