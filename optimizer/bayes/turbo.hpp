#pragma once
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// The sampler "turbo": what "gp" does, but within a box around the best (`trust_region`) and learnt from the
/// observations nearest to it. Where there are many dimensions a model of all of the space knows little of most of it,
/// and what it believes to be promising is mostly what it knows least; a model of a neighbourhood can be right.
///
/// The box is as long along each dimension as its length scale is by their geometric mean; categories are free.
/// Constraints, failures and several objectives are gp's (for these see SCBO, Eriksson & Poloczek 2021, and MORBO,
/// Daulton et al. 2022); of several objectives each plan's box is around another point of the front. A region that is
/// left for another begins with a design over the whole space and forgets the rest.
result<plan> suggest_turbo(const plan_job& job);

}  // namespace vilfredo
