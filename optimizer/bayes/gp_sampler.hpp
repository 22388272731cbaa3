#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "gp": Bayesian optimization with Gaussian processes.
///
/// A model for each metric (`evidence`, `fit_kernel`, `gaussian_process`), a value for every configuration
/// (`criterion`), and a search for the best (`acquisition_search`). Pending configurations and the plan's earlier
/// candidates are believed to turn out as expected. The hint holds the kernel parameters, so that they are fitted anew
/// only now and then.
///
/// Where there is nothing to model yet, or a model cannot be made, the plan is tpe's and its note says so.
result<plan> suggest_gp(const plan_job& job);
/// The same from some observations of the `whole` job, all others' configurations counting as tried, and within a box
/// around the best of these: `length` long by the geometric mean over the dimensions that can vary, as the unit cube's
/// edge is 1, and along each by its length scale.
result<plan> suggest_within(const plan_job& job, const plan_job& whole, double length);
std::span<const option_description> gp_options();

}  // namespace vilfredo
