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
std::span<const option_description> gp_options();

}  // namespace vilfredo
