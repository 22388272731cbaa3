#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "nsga2": an evolutionary search for the front (Deb et al. 2002) that works in a steady state. Every
/// observation competes for a place in the population when it comes in, whoever suggested it; every candidate is a
/// child of two members, so nobody waits for a generation.
///
/// `survivors` says who stays; beyond three objectives it goes by reference directions as NSGA-III does. Parents win a
/// tournament of two; numbers cross by simulated binary crossover and mutate polynomially on the unit cube (Deb &
/// Agrawal 1995), categories are taken from either parent and redrawn.
///
/// The hint lists the population; without one it is chosen from the whole history.
result<plan> suggest_nsga2(const plan_job& job);
std::span<const option_description> nsga2_options();

}  // namespace vilfredo
