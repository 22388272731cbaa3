#include "core/definition.hpp"

#include <algorithm>
#include <cmath>

#include "core/closest.hpp"
#include "core/text.hpp"

namespace vilfredo {

const char* to_string(parameter_type x) {
  switch (x) {
  case parameter_type::real: return "double";
  case parameter_type::integer: return "int";
  case parameter_type::categorical: return "categorical";
  }
  return "?";
}

const char* to_string(objective x) { return x == objective::maximize ? "maximize" : "minimize"; }

const char* to_string(strategy x) {
  switch (x) {
  case strategy::optimize: return "optimize";
  case strategy::constraint: return "constraint";
  case strategy::store: return "store";
  }
  return "?";
}

const char* to_string(experiment_type x) {
  switch (x) {
  case experiment_type::offline: return "offline";
  case experiment_type::random: return "random";
  case experiment_type::grid: return "grid";
  }
  return "?";
}

double cost_of(const definition& x, std::optional<task_index> task) { return task ? x.tasks[*task].cost : 1; }

std::optional<task_index> cheaper(const definition& x, std::optional<task_index> task) {
  return cost_of(x, task) < 1 ? task : std::nullopt;
}

const task* task_of(const definition& x, std::optional<task_index> task) {
  if (task) return &x.tasks[*task];
  auto full = std::ranges::find(x.tasks, 1.0, &task::cost);
  return full == x.tasks.end() ? nullptr : &*full;
}

result<std::optional<task_index>> task_named(const definition& d, const std::string& name) {
  if (name.empty()) return std::optional<task_index>{};
  if (d.tasks.empty()) return error{errc::invalid, "\"" + d.name + "\" has no tasks; leave \"" + name + "\" out"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < d.tasks.size(); ++i) {
    if (d.tasks[i].name == name) return cheaper(d, static_cast<task_index>(i));
    names.push_back(d.tasks[i].name);
  }
  return error{errc::invalid, "\"" + name + "\" is not a task of \"" + d.name + "\"" + did_you_mean(name, names)};
}

std::vector<std::size_t> metrics_with(const definition& x, strategy s) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < x.metrics.size(); ++i)
    if (x.metrics[i].strategy == s) out.push_back(i);
  return out;
}

namespace {

constexpr std::size_t most_metrics = 64;
constexpr std::uint64_t largest_budget = 1'000'000'000;
constexpr std::uint32_t largest_bandwidth = 10'000;
constexpr std::size_t most_initial = 10'000;
constexpr std::size_t most_tasks = 100;
constexpr std::uint32_t most_solutions = 1'000;
constexpr std::uint32_t most_retries = 1'000;
constexpr double longest_seconds = 1e9;  // some thirty years

using text::at;
using text::quoted;

error refuse(const std::string& place, const std::string& why) { return {errc::invalid, place + ": " + why}; }

result<void> check_metrics(const std::vector<metric>& metrics) {
  if (metrics.empty()) return refuse("metrics", "there must be at least one metric to optimize or to constrain");
  if (metrics.size() > most_metrics)
    return refuse("metrics", "there are " + std::to_string(metrics.size()) + "; at most " +
                                 std::to_string(most_metrics) + " are possible");
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const auto& m = metrics[i];
    const auto place = at("metrics", i);
    if (auto bad = text::name_fault(m.name)) return refuse(place + ".name", *bad);
    for (std::size_t j = 0; j < i; ++j)
      if (metrics[j].name == m.name)
        return refuse(place + ".name", quoted(m.name) + " is the name of " + at("metrics", j) + " already");
    if (m.threshold && !std::isfinite(*m.threshold)) return refuse(place + ".threshold", "must be a finite number");
    if (m.strategy == strategy::constraint && !m.threshold)
      return refuse(place, "constraint metric " + quoted(m.name) + " needs a threshold");
    if (m.strategy == strategy::store && m.threshold)
      return refuse(place + ".threshold", "stored metric " + quoted(m.name) +
                                              " is never judged; remove the threshold or choose another strategy");
  }
  if (std::ranges::all_of(metrics, [](const metric& m) { return m.strategy == strategy::store; }))
    return refuse("metrics", "there must be at least one metric to optimize or to constrain");
  return {};
}

result<void> check_solutions(const definition& x) {
  if (x.num_solutions == 0 || x.num_solutions > most_solutions)
    return refuse("num_solutions", "must be from 1 to " + std::to_string(most_solutions));
  if (x.num_solutions == 1) return {};
  if (metrics_with(x, strategy::optimize).size() != 1)
    return refuse("num_solutions", "several solutions need exactly one metric to optimize");
  if (!x.observation_budget) return refuse("num_solutions", "several solutions need an observation_budget; add one");
  if (x.num_solutions > *x.observation_budget)
    return refuse("num_solutions", "must not be above observation_budget, " + std::to_string(*x.observation_budget));
  if (!x.space.conditionals.empty())
    return refuse("num_solutions", "several solutions cannot be had with conditionals; remove one of the two");
  return {};
}

result<void> check_tasks(const definition& x) {
  if (x.tasks.empty()) return {};
  if (x.tasks.size() == 1 || x.tasks.size() > most_tasks)
    return refuse("tasks", "there must be from 2 to " + std::to_string(most_tasks) + ", or none");
  for (std::size_t i = 0; i < x.tasks.size(); ++i) {
    const auto& t = x.tasks[i];
    const auto place = at("tasks", i);
    if (auto bad = text::name_fault(t.name)) return refuse(place + ".name", *bad);
    if (!(t.cost > 0 && t.cost <= 1)) return refuse(place + ".cost", "must be a number above 0 and at most 1");
    for (std::size_t j = 0; j < i; ++j) {
      if (x.tasks[j].name == t.name)
        return refuse(place + ".name", quoted(t.name) + " is the name of " + at("tasks", j) + " already");
      if (x.tasks[j].cost == t.cost)
        return refuse(place + ".cost", text::number(t.cost) + " is the cost of " + quoted(x.tasks[j].name) +
                                           " already; give each task another");
    }
  }
  if (!task_of(x, std::nullopt)) return refuse("tasks", "one of them must be the full trial; give it \"cost\": 1");
  if (metrics_with(x, strategy::optimize).size() > 1)
    return refuse("tasks", "multitask experiments need exactly one metric to optimize");
  if (!metrics_with(x, strategy::constraint).empty())
    return refuse("tasks", "multitask experiments cannot have constraint metrics; make them stored ones");
  if (!x.observation_budget) return refuse("tasks", "multitask experiments need an observation_budget; add one");
  if (x.num_solutions > 1) return refuse("tasks", "multitask experiments have one solution; remove num_solutions");
  return {};
}

/// What `stop_when` says by metric names metrics, and finite numbers.
result<void> check_by_metric(const std::map<std::string, double>& levels, const std::string& place,
                             const std::vector<metric>& metrics) {
  for (const auto& [name, value] : levels) {
    if (std::ranges::find(metrics, name, &metric::name) == metrics.end()) {
      std::vector<std::string> names;
      for (const auto& m : metrics) names.push_back(m.name);
      return refuse(place, quoted(name) + " is not a metric" + did_you_mean(name, names));
    }
    if (!std::isfinite(value)) return refuse(place + "." + name, "must be a finite number");
  }
  return {};
}

result<void> check_stop_rules(const stop_rules& rules, const std::vector<metric>& metrics) {
  if (rules.seconds && !(*rules.seconds > 0 && *rules.seconds <= longest_seconds))
    return refuse("stop_when.seconds", "must be a number above 0 and at most 1e9");
  if (rules.failed && *rules.failed == 0) return refuse("stop_when.failed", "must be at least 1");
  if (rules.stagnation && *rules.stagnation == 0) return refuse("stop_when.stagnation", "must be at least 1");
  if (const auto& x = rules.improbable) {
    if (rules.stagnation) return refuse("stop_when.stagnation", "must be a number or an object, not both");
    if (x->observations == 0) return refuse("stop_when.stagnation.observations", "must be at least 1");
    if (!(x->probability > 0 && x->probability <= 0.5))
      return refuse("stop_when.stagnation.probability", "must be a number above 0 and at most 0.5");
  }
  if (rules.steps && !(*rules.steps > 0 && std::isfinite(*rules.steps)))
    return refuse("stop_when.steps", "must be a finite number above 0");
  if (auto sound = check_by_metric(rules.target, "stop_when.target", metrics); !sound) return sound;
  if (auto sound = check_by_metric(rules.cost, "stop_when.cost", metrics); !sound) return sound;
  for (const auto& [name, total] : rules.cost)
    if (total <= 0) return refuse("stop_when.cost." + name, "must be above 0");
  return {};
}

bool holds_nul(const std::string& x) { return x.find('\0') != std::string::npos; }

/// A placeholder that is nearly a parameter's name is a slip; any other text in braces may be meant as it stands.
result<void> check_placeholders(const std::string& argument, const std::string& place,
                                const std::vector<std::string>& known) {
  for (auto open = argument.find('{'); open != std::string::npos; open = argument.find('{', open + 1)) {
    auto close = argument.find_first_of("{}", open + 1);
    if (close == std::string::npos || argument[close] == '{') continue;
    auto name = argument.substr(open + 1, close - open - 1);
    if (std::ranges::find(known, name) != known.end()) continue;
    if (auto near = closest(name, known))
      return refuse(place, "{" + name + "} is not a parameter; did you mean {" + *near + "}?");
  }
  return {};
}

result<void> check_run(const run_definition& run, const space& domain) {
  if (run.command.empty() || run.command[0].empty()) return refuse("run.command", "must begin with a program");
  std::vector<std::string> known{"assignments_file"};
  for (const auto& p : domain.dimensions()) {
    if (p.name == "assignments_file")
      return refuse("run.command", "{assignments_file} means the file with all assignments; rename the parameter");
    known.push_back(p.name);
  }
  for (std::size_t i = 0; i < run.command.size(); ++i) {
    if (holds_nul(run.command[i])) return refuse(at("run.command", i), "must not hold a NUL character");
    if (auto sound = check_placeholders(run.command[i], at("run.command", i), known); !sound) return sound;
  }
  if (holds_nul(run.directory)) return refuse("run.directory", "must not hold a NUL character");
  for (const auto& [name, value] : run.environment) {
    if (name.empty() || name.find('=') != std::string::npos || holds_nul(name))
      return refuse("run.environment", quoted(name) + " cannot be the name of a variable");
    if (holds_nul(value)) return refuse("run.environment." + name, "must not hold a NUL character");
  }
  if (!(run.timeout_seconds >= 0 && run.timeout_seconds <= longest_seconds))
    return refuse("run.timeout_seconds", "must be a number from 0 (no time-out) to 1e9");
  if (!(run.grace_seconds >= 0 && run.grace_seconds <= longest_seconds))
    return refuse("run.grace_seconds", "must be a number from 0 to 1e9");
  if (run.retries > most_retries) return refuse("run.retries", "must be at most " + std::to_string(most_retries));
  return {};
}

}  // namespace

result<space> validate(const definition& x) {
  if (auto bad = text::name_fault(x.name)) return refuse("name", *bad);
  auto domain = space::make(x.space);
  if (!domain) return domain;
  if (auto sound = check_metrics(x.metrics); !sound) return sound.error();
  if (x.observation_budget && (*x.observation_budget == 0 || *x.observation_budget > largest_budget))
    return refuse("observation_budget", "must be from 1 to " + std::to_string(largest_budget));
  if (x.parallel_bandwidth == 0 || x.parallel_bandwidth > largest_bandwidth)
    return refuse("parallel_bandwidth", "must be from 1 to " + std::to_string(largest_bandwidth));
  if (auto sound = check_solutions(x); !sound) return sound.error();
  if (auto sound = check_tasks(x); !sound) return sound.error();
  if (x.sampler.name.empty()) return refuse("sampler", "must name a sampler, or \"auto\"");
  for (std::size_t i = 0; i < x.early_stopping.size(); ++i)
    if (x.early_stopping[i].empty() || std::ranges::any_of(x.early_stopping[i], &std::string::empty, &component::name))
      return refuse(at("early_stopping", i), "must name a rule");
  if (auto sound = check_stop_rules(x.stop_when, x.metrics); !sound) return sound.error();
  if (x.initial.size() > most_initial)
    return refuse("initial", "there are " + std::to_string(x.initial.size()) + "; at most " +
                                 std::to_string(most_initial) + " are possible");
  for (std::size_t i = 0; i < x.initial.size(); ++i)
    if (auto point = domain->read(x.initial[i]); !point) return refuse(at("initial", i), point.error().message);
  if (x.run)
    if (auto sound = check_run(*x.run, *domain); !sound) return sound.error();
  for (const auto& [key, value] : x.metadata) {
    if (auto bad = text::name_fault(key)) return refuse("metadata", *bad);
    if (auto* number = std::get_if<double>(&value); number && !std::isfinite(*number))
      return refuse("metadata." + key, "must be a finite number");
    if (auto* words = std::get_if<std::string>(&value); words && !text::is_utf8(*words))
      return refuse("metadata." + key, "must be UTF-8 text");
  }
  return domain;
}

}  // namespace vilfredo
