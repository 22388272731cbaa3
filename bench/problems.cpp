#include "bench/problems.hpp"

#include <initializer_list>

namespace vilfredo::bench {

namespace {

std::vector<problem> all_of(std::initializer_list<std::vector<problem> (*)()> groups) {
  std::vector<problem> out;
  for (auto* group : groups)
    for (auto& p : group()) out.push_back(std::move(p));
  return out;
}

}  // namespace

std::vector<problem> problems() {
  return all_of({single_objective_problems, multi_objective_problems, constrained_problems});
}

std::vector<problem> held_out_problems() {
  return all_of({held_out_single_problems, held_out_multi_problems, held_out_constrained_problems});
}

}  // namespace vilfredo::bench
