#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/definition.hpp"

namespace vilfredo::bench {

/// Something to tune whose best value is known.
struct problem {
  std::string name;
  /// "single", "multi", "constrained", the same after "held out "; "high", "high constrained", "high multi"; "many",
  /// "many constrained"; or "tables"
  std::string group;
  definition what;
  /// One value a metric, without noise; empty where the trial fails.
  std::function<std::vector<double>(const assignments&)> evaluate;
  /// The least loss there is; of several objectives, the greatest hypervolume up to `worst`.
  double best = 0;
  std::vector<double> worst = {};
  /// Standard deviation of what is added to every measured value.
  double noise = 0;
};

/// One objective: numbers on both scales, integers, categories, conditions, noise, failures; 2 to 20 dimensions.
std::vector<problem> single_objective_problems();
/// Two and three objectives.
std::vector<problem> multi_objective_problems();
/// One objective, and several, under constraint metrics.
std::vector<problem> constrained_problems();
/// All of the above.
std::vector<problem> problems();

/// One objective in 20 to 60 dimensions; one under constraints, and two, in 24 to 40.
std::vector<problem> high_dimensional_problems();

/// Three to five objectives, some under constraint metrics.
std::vector<problem> many_objective_problems();

/// Others of the same three kinds that no setting of a sampler was ever chosen on, nor may be: they tell what a choice
/// that was made on those above is worth.
std::vector<problem> held_out_single_problems();
std::vector<problem> held_out_multi_problems();
std::vector<problem> held_out_constrained_problems();
std::vector<problem> held_out_problems();

}  // namespace vilfredo::bench
