#pragma once
#include <cstdint>
#include <memory>
#include <unordered_set>

#include "optimizer/bayes/gp.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// Which task a configuration is tried with, once the gain of a full trial has chosen the configuration: the one whose
/// result would take most of the variance of the full trial's value, for its cost. So a cheap task comes first where
/// little is known, and the full trial when the cheap ones have told what they can.
///
/// Only full trials can be best: the last fifth of the budget is for these alone.
class task_choice {
public:
  /// Both arguments must outlive it.
  task_choice(const plan_job& job, std::shared_ptr<const encoding> how);

  /// Counts as tried from then on. Only in an experiment with tasks.
  task_index of(const assignments& x, const gaussian_process& model);

private:
  const plan_job& job_;
  std::shared_ptr<const encoding> how_;
  std::unordered_set<std::uint64_t> tried_;  // configurations with cheaper tasks
  double left_ = 0;                          // of the budget
};

}  // namespace vilfredo
