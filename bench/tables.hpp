#pragma once
#include <string>
#include <vector>

#include "bench/problems.hpp"

namespace vilfredo::bench {

/// Measured tables as problems. `folder` must hold, for each table, NAME.json (its space: `params` with name, type
/// double|int|categorical, min, max, log, values; `conditions`: child → {parent: values}) and NAME.npz (`error`,
/// `loss`, `train_seconds` [rows, checkpoints], `infer_us`, `n_params` [rows], and a forest that answers for any
/// configuration: `forest_root`, `forest_feature`, `forest_threshold`, `forest_left`, `forest_right`, `forest_leafptr`,
/// `forest_rows`).
///
/// Each table gives three problems: least error (loss where the error has few steps), error against the time of a
/// prediction, and error under limits on that time and on training time, both the medians of the rows. Best values are
/// the best of a long random search with refinement, so a lucky sampler may pass them by a little.
std::vector<problem> table_problems(const std::string& folder);

}  // namespace vilfredo::bench
