#pragma once
#include <string>

#include "optimizer/sampler.hpp"

namespace vilfredo {

/// Which sampler suits a job, and why, in a few words.
struct automatic_choice {
  const char* sampler = nullptr;
  vilfredo::suggest suggest = nullptr;
  std::string reason;
};

/// By what the space is made of, the number of objectives and how much is known:
///
/// - `gp` while its model sees all there is: up to 500 observations, and beyond when the budget ends before 750;
///   not when trials end many times faster than it plans.
/// - `turbo` in its place for more than 20 parameters, one objective and no constraint metrics, tasks or several
///   solutions.
/// - `gp` whatever the number where all metrics are constraints, and `tpe` when trials end too fast for it.
/// - Then what costs little a trial, warm from the history: `nsga2` for several objectives and where most parameters
/// are
///   categories or exist under conditions only, else `cma_es`.
///
/// The rule and its numbers were chosen with bench_samplers; docs/samplers.md shows the figures.
automatic_choice choose_sampler(const plan_job& job);

/// The sampler "auto": a plan of the chosen one. Hands over at once, since each begins from the history when the hint
/// is not its own. When the chosen one fails, `tpe` plans instead, and the plan says so.
result<plan> suggest_automatically(const plan_job& job);

}  // namespace vilfredo
