#include "core/savings.hpp"

#include <algorithm>

namespace vilfredo {

namespace {
struct tally {
  double count = 0, steps = 0, seconds = 0;
  double mean(double sum) const { return count > 0 ? sum / count : 0; }
};
}  // namespace

savings savings_of(const ledger& book) {
  savings out;
  out.stopped = book.count(trial_state::stopped);
  if (out.stopped == 0) return out;
  tally completed, stopped;
  for (const trial* t : book.trials()) {
    if (t->state != trial_state::completed && t->state != trial_state::stopped) continue;
    if (t->reports.empty()) continue;
    auto& sum = t->state == trial_state::completed ? completed : stopped;
    ++sum.count;
    sum.steps += t->steps;
    sum.seconds += static_cast<double>(t->ran.count()) / 1000;
  }
  out.steps_run = completed.steps + stopped.steps;
  out.seconds_run = completed.seconds + stopped.seconds;
  if (completed.count == 0) return out;
  out.steps = std::max(0.0, stopped.count * completed.mean(completed.steps) - stopped.steps);
  out.seconds = std::max(0.0, stopped.count * completed.mean(completed.seconds) - stopped.seconds);
  return out;
}

}  // namespace vilfredo
