#include "core/serving.hpp"

#include <algorithm>

namespace vilfredo {

namespace {
std::optional<serving::choice> best_left(const serving::kept_plan& plan, const serving::excluded& skip) {
  for (std::size_t i = plan.left_from; i < plan.candidates.size(); ++i)
    if (!plan.used[i] && !skip(plan.candidates[i]))
      return serving::choice{&plan.candidates[i], plan.based_on, plan.number, static_cast<std::uint32_t>(i),
                             plan.tasks.empty() ? std::nullopt : std::optional(plan.tasks[i])};
  return std::nullopt;
}
}  // namespace

void serving::made(const events::plan_made& plan) {
  std::erase_if(plans_, [](const kept_plan& p) { return p.left_from == p.used.size(); });
  plans_.push_back({plan.plan, plan.based_on, plan.timeless, plan.candidates,
                    std::vector<bool>(plan.candidates.size(), false), 0, plan.tasks});
  if (!plan.timeless && plans_.size() > reserve) plans_.erase(plans_.begin());
}

void serving::taken(std::uint64_t plan, std::uint32_t candidate) {
  for (auto& p : plans_) {
    if (p.number != plan || candidate >= p.used.size()) continue;
    p.used[candidate] = true;
    while (p.left_from < p.used.size() && p.used[p.left_from]) ++p.left_from;
  }
}

std::optional<serving::choice> serving::fresh(vilfredo::revision now, std::size_t staleness,
                                              const excluded& skip) const {
  // Timeless candidates are a sequence: the oldest plan goes first, so that nothing of it is left out.
  for (const auto& plan : plans_)
    if (plan.timeless)
      if (auto found = best_left(plan, skip)) return found;
  for (auto plan = plans_.rbegin(); plan != plans_.rend(); ++plan)
    if (!plan->timeless && now - plan->based_on <= staleness)
      if (auto found = best_left(*plan, skip)) return found;
  return std::nullopt;
}

std::optional<serving::choice> serving::stale(const excluded& skip) const {
  for (auto plan = plans_.rbegin(); plan != plans_.rend(); ++plan)
    if (auto found = best_left(*plan, skip)) return found;
  return std::nullopt;
}

}  // namespace vilfredo
