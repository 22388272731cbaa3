#include "optimizer/fidelity/course.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vilfredo {

int level_of(double step) {
  constexpr double an_octave = 4, lowest = -40;  // steps below a thousandth are one level
  if (!(step > 0)) return static_cast<int>(lowest);
  // A little more, because a power of two must begin a level whatever its logarithm is rounded to.
  return static_cast<int>(std::max(lowest, std::floor(an_octave * std::log2(step) + 1e-9)));
}

course::course(const trial& x) {
  std::vector<std::pair<double, std::size_t>> order;  // by step; of a step the last word
  for (std::size_t i = 0; i < x.reports.size(); ++i) order.emplace_back(x.reports[i].step, i);
  std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int level = level_of(order[i].first);
    if (i + 1 < order.size() && level_of(order[i + 1].first) == level) continue;
    const auto& values = x.reports[order[i].second].values;
    metrics_ = values.size();
    levels_.push_back(level);
    values_.insert(values_.end(), values.begin(), values.end());
  }
}

std::span<const double> course::at(int level) const {
  auto above = std::ranges::upper_bound(levels_, level);
  if (above == levels_.begin() || level > last()) return {};
  const auto row = static_cast<std::size_t>(above - levels_.begin()) - 1;
  return {values_.data() + row * metrics_, metrics_};
}

}  // namespace vilfredo
