#include "io/api/run_index.hpp"

#include <algorithm>

namespace vilfredo::api {

void run_index::count(const known& x, bool add) {
  if (x.deleted) return;
  auto change = [&](counts& c) {
    auto& n = x.finished ? c.finished : c.active;
    n = add ? n + 1 : n - 1;
  };
  if (x.experiment) change(experiments_[x.experiment]);
  if (!x.project.empty()) change(projects_[x.project]);
}

std::uint32_t run_index::place_of(std::string&& other) {
  if (auto found = places_.find(other); found != places_.end()) return found->second;
  const auto place = static_cast<std::uint32_t>(others_.size());
  return places_.emplace(others_.emplace_back(std::move(other)), place).first->second;
}

void run_index::put(std::uint64_t run, std::uint64_t version, entry x) {
  auto shown = std::make_shared<row>();
  shown->run = run;
  shown->values = std::move(x.values);
  std::lock_guard hold(mutex_);
  auto [at, fresh] = all_.try_emplace(run);
  auto& now = at->second;
  if (version < now.version) return;
  if (fresh && x.experiment) {
    // By id, in whatever order two that were made at once come here.
    auto& of = by_experiment_[x.experiment];
    of.insert(std::ranges::upper_bound(of, run), run);
  }
  if (!fresh) count(now, false);
  shown->others.reserve(x.others.size());
  for (auto& [name, value] : x.others) shown->others.push_back({place_of(std::move(name)), value});
  now = {version, x.experiment, std::move(x.project), x.finished, x.deleted, std::move(shown)};
  count(now, true);
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
  return found == all_.end() ? std::string{} : found->second.project;
}

std::vector<std::uint64_t> run_index::runs_of(std::uint64_t experiment) const {
  std::lock_guard hold(mutex_);
  auto found = by_experiment_.find(experiment);
  return found == by_experiment_.end() ? std::vector<std::uint64_t>{} : found->second;
}

std::vector<run_index::shared_row> run_index::rows(const std::optional<std::uint64_t>& experiment,
                                                   const std::optional<std::string>& project) const {
  std::lock_guard hold(mutex_);
  std::vector<shared_row> out;
  auto take = [&](const known& x) {
    if (!project || x.project == *project) out.push_back(x.what);
  };
  if (!experiment) {
    for (const auto& [run, x] : all_) take(x);
  } else if (auto found = by_experiment_.find(*experiment); found != by_experiment_.end()) {
    for (auto run : found->second) take(all_.at(run));
  }
  return out;
}

std::string run_index::other(std::uint32_t place) const {
  std::lock_guard hold(mutex_);
  return others_.at(place);
}

std::optional<std::uint32_t> run_index::place_of_other(std::string_view name) const {
  std::lock_guard hold(mutex_);
  auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t run_index::others() const {
  std::lock_guard hold(mutex_);
  return others_.size();
}

}  // namespace vilfredo::api
