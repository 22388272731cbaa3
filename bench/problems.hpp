#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/definition.hpp"

namespace vilfredo::bench {

/// Something to tune whose best value is known.
struct problem {
  std::string name;
  definition what;
  /// One value a metric.
  std::function<std::vector<double>(const assignments&)> evaluate;
  /// The least loss there is; of several objectives, the greatest hypervolume up to `worst`.
  double best = 0;
  std::vector<double> worst = {};
};

std::vector<problem> problems();

}  // namespace vilfredo::bench
