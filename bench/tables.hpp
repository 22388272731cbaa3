#pragma once
#include <functional>
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

/// What a configuration reports while it is trained, a checkpoint each.
struct learning_curve {
  std::vector<double> losses;
  std::vector<double> seconds;  ///< since it began
};

/// A table as something to tune that tells on the way how it goes.
struct learning_problem {
  std::string name;
  definition what;  ///< one metric, "y", minimized
  std::size_t checkpoints = 0;
  std::function<learning_curve(const assignments&)> train;
  double best = 0;     ///< the least last loss that a long search found
  double typical = 0;  ///< the median last loss of random configurations
};
std::vector<learning_problem> learning_problems(const std::string& folder);

}  // namespace vilfredo::bench
