#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "optimizer/evolution/selection.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// What evolutionary samplers have in common: a population in a steady state. Every observation competes for a place
/// in it when it comes in, whoever suggested it; every candidate is a child of two members, so nobody waits for a
/// generation.
///
/// `survivors` says who stays; parents win a tournament of two. Numbers cross by simulated binary crossover and mutate
/// polynomially on the unit cube (Deb & Agrawal 1995), or are shifted by the difference of two others; categories are
/// taken from either parent and redrawn. The hint lists the population; without one it is chosen from the whole
/// history.
struct breeding {
  std::string_view mark;                       ///< of its hints
  std::size_t most_crowded = usually_crowded;  ///< of `survivors`
};
result<plan> breed(const plan_job& job, const breeding& how);
std::span<const option_description> breeding_options();

}  // namespace vilfredo
