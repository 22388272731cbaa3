#include "io/api/run_index.hpp"

namespace vilfredo::api {

void run_index::count(const entry& x, bool add) {
  if (x.deleted) return;
  auto change = [&](counts& c) {
    auto& n = x.finished ? c.finished : c.active;
    n = add ? n + 1 : n - 1;
  };
  if (x.experiment) change(experiments_[x.experiment]);
  if (!x.project.empty()) change(projects_[x.project]);
}

void run_index::put(std::uint64_t run, std::uint64_t version, entry x) {
  std::lock_guard hold(mutex_);
  auto [at, fresh] = all_.try_emplace(run);
  auto& [before, what] = at->second;
  if (version < before) return;
  if (fresh && x.experiment) by_experiment_[x.experiment].push_back(run);
  if (!fresh) count(what, false);
  before = version;
  what = std::move(x);
  count(what, true);
}

run_index::counts run_index::of_experiment(std::uint64_t experiment) const {
  std::lock_guard hold(mutex_);
  auto found = experiments_.find(experiment);
  return found == experiments_.end() ? counts{} : found->second;
}

run_index::counts run_index::of_project(const std::string& project) const {
  std::lock_guard hold(mutex_);
  auto found = projects_.find(project);
  return found == projects_.end() ? counts{} : found->second;
}

std::string run_index::project_of(std::uint64_t run) const {
  std::lock_guard hold(mutex_);
  auto found = all_.find(run);
  return found == all_.end() ? std::string{} : found->second.what.project;
}

std::vector<std::uint64_t> run_index::runs_of(std::uint64_t experiment) const {
  std::lock_guard hold(mutex_);
  auto found = by_experiment_.find(experiment);
  return found == by_experiment_.end() ? std::vector<std::uint64_t>{} : found->second;
}

}  // namespace vilfredo::api
