#include "bench/problems.hpp"

namespace vilfredo::bench {

std::vector<problem> problems() {
  std::vector<problem> out;
  for (auto* group : {single_objective_problems, multi_objective_problems, constrained_problems})
    for (auto& p : group()) out.push_back(std::move(p));
  return out;
}

}  // namespace vilfredo::bench
