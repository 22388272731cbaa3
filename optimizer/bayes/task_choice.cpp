#include "optimizer/bayes/task_choice.hpp"

#include "core/random.hpp"

// Notation: x a configuration, t a task, c_t its cost of a full trial's 1; k the posterior covariance of f(x, full) and
// f(x, t), v_t the posterior variance of f(x, t), σ² the noise. A result of t takes k² / (v_t + σ²) of the variance of
// f(x, full); the task with the most of it for its cost, k² / ((v_t + σ²) c_t), is chosen.

namespace vilfredo {

namespace {

constexpr double closing = 0.2;  // of the budget

std::uint64_t print_of(const assignments& x, task_index task) { return derive_seed(fingerprint(x), task); }

}  // namespace

task_choice::task_choice(const plan_job& job, std::shared_ptr<const encoding> how) : job_(job), how_(std::move(how)) {
  const auto& d = *job.definition;
  if (d.tasks.empty()) return;
  left_ = static_cast<double>(d.observation_budget.value_or(0));
  for (const auto& x : job.observations) {
    left_ -= cost_of(d, x.task);
    if (x.task) tried_.insert(print_of(x.point, *x.task));
  }
  for (const auto& task : job.pending_tasks) left_ -= cost_of(d, task);
}

task_index task_choice::of(const assignments& x, const gaussian_process& model) {
  const auto& d = *job_.definition;
  const auto whole = how_->encode(x);
  const bool ending = left_ <= closing * static_cast<double>(d.observation_budget.value_or(0));
  task_index best = 0;
  double most = -1;
  for (task_index i = 0; i < d.tasks.size(); ++i) {
    const double cost = d.tasks[i].cost;
    if (cost < 1 && (ending || tried_.contains(print_of(x, i)))) continue;
    const auto row = how_->encode(x, i);
    const double shared = model.covariance(whole, row), deviation = model.at(row).deviation;
    const double told = shared * shared / (deviation * deviation + model.noise()) / cost;
    if (told > most) {
      most = told;
      best = i;
    }
  }
  left_ -= d.tasks[best].cost;
  tried_.insert(print_of(x, best));
  return best;
}

}  // namespace vilfredo
