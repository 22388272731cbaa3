#pragma once
#include <span>

#include "optimizer/sampler.hpp"

namespace vilfredo {

struct option_description;

/// The sampler "cma_es": the covariance matrix adaptation evolution strategy (Hansen 2016), active, with margins for
/// integers and chances for categories (`search_distribution`), and BIPOP's restarts (Hansen 2009).
///
/// Asynchronous: whenever as many observations have come in as a generation has points, in whatever order and whoever
/// suggested them, the distribution learns from them. It begins round the best tenth of what was observed before
/// (Nomura et al. 2021). Its state is the plan's hint; without one it begins again from the history.
///
/// A generation is ordered by Deb's rules: what meets all thresholds comes first, then the least violation, failures
/// last. Of several objectives the order is by non-domination, which walks to the front but does not spread along it.
result<plan> suggest_cma_es(const plan_job& job);
std::span<const option_description> cma_es_options();

}  // namespace vilfredo
