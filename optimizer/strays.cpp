#include "optimizer/strays.hpp"

#include <algorithm>
#include <utility>

namespace vilfredo {

namespace {

/// The configuration that a fact brings, if it brings one.
const assignments* brought(const events::event& what) {
  if (auto* x = std::get_if<events::trial_queued>(&what)) return &x->point;
  if (auto* x = std::get_if<events::trial_issued>(&what)) return x->point ? &*x->point : nullptr;
  if (auto* x = std::get_if<events::observation_added>(&what)) return &x->observation.point;
  return nullptr;
}

}  // namespace

bool brings_stray(const events::event& what, const space& domain) {
  const auto* point = brought(what);
  return point && !domain.check(*point);
}

bool has_strays(const ledger& book) {
  for (std::size_t i = 0; i < book.observations().size(); ++i)
    if (!book.space().check(book.observations()[i].point)) return true;
  return std::ranges::any_of(book.open_trials(),
                             [&](trial_id id) { return !book.space().check(book.find(id)->point); });
}

void drop_strays(plan_job& job) {
  const auto inside = [&](const assignments& x) { return bool(job.space->check(x)); };
  const auto all = std::exchange(job.observations, {});
  const auto curves = std::exchange(job.courses, nullptr);  // of the newest
  const auto without = all.size() - (curves ? std::min(all.size(), curves->size()) : 0);
  auto kept = std::make_shared<courses>();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!inside(all[i].point)) continue;
    job.observations.append(all[i]);
    if (i >= without) kept->push_back((*curves)[i - without]);
  }
  if (curves) job.courses = std::move(kept);
  const auto pending = std::exchange(job.pending, {});
  const auto tasks = std::exchange(job.pending_tasks, {});
  const auto reports = std::exchange(job.pending_reports, {});
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (!inside(pending[i])) continue;
    job.pending.push_back(pending[i]);
    job.pending_tasks.push_back(tasks[i]);
    job.pending_reports.push_back(reports[i]);
  }
}

}  // namespace vilfredo
