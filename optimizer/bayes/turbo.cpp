#include "optimizer/bayes/turbo.hpp"

#include <algorithm>
#include <utility>

#include "core/feasible.hpp"
#include "optimizer/bayes/gp_sampler.hpp"
#include "optimizer/bayes/kernel.hpp"
#include "optimizer/bayes/trust_region.hpp"
#include "optimizer/grading.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

constexpr std::size_t most_modelled = 300;

/// Where the best of some observations is, by Deb's rules; nothing where none has all metrics.
const assignments* leader(const plan_job& job, const std::vector<std::size_t>& among) {
  std::vector<graded> all;
  for (auto at : among)
    if (job.observations[at].final())
      if (auto g = grade(*job.definition, job.observations[at], at)) all.push_back(*std::move(g));
  rank_violations(all);
  const auto place = places(all);
  const auto first = std::ranges::find(place, std::size_t{0});
  return first == place.end() ? nullptr : &all[static_cast<std::size_t>(first - place.begin())].what->point;
}

/// Which of the region's own observations a model is made of: those nearest to the best, in order; the newest while
/// nothing is the best. Those of cheaper tasks are not there.
std::vector<std::size_t> nearest(const plan_job& job, const trust_region& region) {
  std::vector<std::size_t> out;
  for (auto at = static_cast<std::size_t>(region.start()); at < job.observations.size(); ++at)
    if (!job.observations[at].task && job.observations[at].point.values.size() == job.space->size()) out.push_back(at);
  if (out.size() <= most_modelled) return out;
  std::ranges::reverse(out);
  if (const auto* best = leader(job, out)) {
    const encoding how(*job.space);
    const auto centre = how.encode(*best);
    std::vector<std::pair<double, std::size_t>> away;
    for (auto at : out) away.emplace_back(how.unlikeness(centre, how.encode(job.observations[at].point)), at);
    std::ranges::sort(away);
    std::ranges::transform(away, out.begin(), [](const auto& x) { return x.second; });
  }
  out.resize(most_modelled);
  std::ranges::sort(out);
  return out;
}

/// The job with the observations that its model is made of.
plan_job local(const plan_job& job, const trust_region& region) {
  auto out = job;
  const auto split = job.hint.find('|');
  out.hint = split == std::string::npos ? std::string{} : job.hint.substr(split + 1);
  const auto kept = nearest(job, region);
  out.observations = {};
  for (auto at : kept) out.observations.append(job.observations[at]);
  if (job.courses) {  // of the newest observations: so they are again
    auto those = std::make_shared<courses>();
    const auto without = job.observations.size() - std::min(job.observations.size(), job.courses->size());
    for (auto at : kept)
      if (at >= without) those->push_back((*job.courses)[at - without]);
    out.courses = std::move(those);
  }
  if (!job.definition->tasks.empty()) {
    auto alone = *job.definition;
    alone.tasks.clear();
    out.definition = std::make_shared<const definition>(std::move(alone));
    out.pending_tasks.clear();
  }
  return out;
}

/// The first points of a region after another.
plan spread(const plan_job& job) {
  const feasible_sampler feasible(*job.space);
  novelty seen(job);
  random_source random(job.seed);
  plan out;
  while (out.candidates.size() < job.count) {
    out.candidates.push_back(seen.draw(feasible, random));
    seen.take(out.candidates.back());
  }
  return out;
}

}  // namespace

result<plan> suggest_turbo(const plan_job& job) {
  if (job.is_cancelled()) return error{errc::later, "cancelled"};
  trust_region region(job);
  region.catch_up(job);
  auto made =
      region.opening(job) ? result<plan>(spread(job)) : suggest_within(local(job, region), job, region.length());
  if (!made) return made;
  made->hint = region.hint() + '|' + made->hint;
  made->note = region.note() + (made->note.empty() ? "" : "; ") + made->note;
  return made;
}

}  // namespace vilfredo
