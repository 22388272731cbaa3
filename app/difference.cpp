#include "app/difference.hpp"

#include <algorithm>
#include <vector>

#include "app/shell_word.hpp"

namespace vilfredo::app {

namespace {

/// Which of two lists of things with names differ: "parameter "lr"", or the whole list when others came or went.
template <class T>
void compare_named(std::vector<std::string>& out, const std::vector<T>& a, const std::vector<T>& b,
                   const std::string& one, const std::string& many) {
  if (a.size() != b.size() || !std::ranges::equal(a, b, {}, &T::name, &T::name)) {
    out.push_back("the list of " + many);
    return;
  }
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i])) out.push_back(one + " \"" + a[i].name + "\"");
}

std::vector<metric> without_thresholds(std::vector<metric> x) {
  for (auto& m : x) m.threshold.reset();
  return x;
}

std::vector<std::string> fixed_differences(const definition& a, const definition& b) {
  std::vector<std::string> out;
  compare_named(out, a.space.parameters, b.space.parameters, "parameter", "parameters");
  compare_named(out, a.space.conditionals, b.space.conditionals, "conditional", "conditionals");
  if (a.space.linear_constraints != b.space.linear_constraints) out.push_back("linear_constraints");
  compare_named(out, without_thresholds(a.metrics), without_thresholds(b.metrics), "metric", "metrics");
  if (a.type != b.type) out.push_back("type");
  if (a.num_solutions != b.num_solutions) out.push_back("num_solutions");
  compare_named(out, a.tasks, b.tasks, "task", "tasks");
  if (a.sampler != b.sampler) out.push_back("sampler");
  if (a.early_stopping != b.early_stopping) out.push_back("early_stopping");
  if (a.seed != b.seed) out.push_back("seed");
  if (a.initial != b.initial) out.push_back("initial");
  auto program = [](const definition& d) { return d.run.value_or(run_definition{}); };
  if (program(a).command != program(b).command) out.push_back("run.command");
  if (program(a).environment != program(b).environment) out.push_back("run.environment");
  if (program(a).retries != program(b).retries) out.push_back("run.retries");
  return out;
}

}  // namespace

result<std::optional<edit_experiment>> difference(const definition& stored, const definition& wanted) {
  if (auto fixed = fixed_differences(stored, wanted); !fixed.empty()) {
    std::string what;
    for (std::size_t i = 0; i < fixed.size(); ++i)
      what += (i == 0 ? "" : i + 1 == fixed.size() ? " and " : ", ") + fixed[i];
    return error{errc::conflict, "experiment \"" + stored.name + "\" was started with another definition: " + what +
                                     (fixed.size() == 1 ? " differs" : " differ") +
                                     "; choose another name, or put it away first: vilfredo archive " +
                                     shell_word(stored.name)};
  }
  edit_experiment edit;
  bool any = false;
  auto note = [&](auto& into, const auto& before, const auto& now) {
    if (before == now) return;
    into.emplace(now);
    any = true;
  };
  note(edit.observation_budget, stored.observation_budget, wanted.observation_budget);
  note(edit.parallel_bandwidth, stored.parallel_bandwidth, wanted.parallel_bandwidth);
  note(edit.stop_when, stored.stop_when, wanted.stop_when);
  note(edit.metadata, stored.metadata, wanted.metadata);
  for (std::size_t i = 0; i < stored.metrics.size(); ++i)
    if (stored.metrics[i].threshold != wanted.metrics[i].threshold) {
      edit.thresholds[wanted.metrics[i].name] = wanted.metrics[i].threshold;
      any = true;
    }
  if (!any) return std::optional<edit_experiment>{};
  return std::optional<edit_experiment>{std::move(edit)};
}

}  // namespace vilfredo::app
