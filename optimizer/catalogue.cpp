#include "optimizer/catalogue.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/closest.hpp"
#include "core/text.hpp"
#include "optimizer/automatic.hpp"
#include "optimizer/bayes/gp_sampler.hpp"
#include "optimizer/bayes/turbo.hpp"
#include "optimizer/design/grid.hpp"
#include "optimizer/design/latin_hypercube.hpp"
#include "optimizer/design/sobol.hpp"
#include "optimizer/design/uniform.hpp"
#include "optimizer/evolution/cma_es.hpp"
#include "optimizer/evolution/nsga2.hpp"
#include "optimizer/evolution/nsga3.hpp"
#include "optimizer/tpe/tpe.hpp"

namespace vilfredo {

namespace {

using text::quoted;

const sampler_entry* entry_named(std::string_view name) {
  for (const auto& entry : samplers())
    if (name == entry.name) return &entry;
  return nullptr;
}

const char* automatic(experiment_type type) {
  switch (type) {
  case experiment_type::offline: return "auto";
  case experiment_type::random: return "uniform";
  case experiment_type::grid: return "grid";
  }
  return "auto";
}

/// Why this sampler cannot serve an experiment of this type, or nothing.
const char* type_fault(experiment_type type, const sampler_entry& entry) {
  if (type == experiment_type::grid && !entry.exhaustive) return "is not a grid";
  if (type == experiment_type::random && (entry.exhaustive || entry.uses_history)) return "is not random";
  return nullptr;
}

result<void> check_option(const option_description& option, const option_value& value, const std::string& place) {
  const std::string_view type = option.type;
  if (type == "boolean") {
    if (!std::holds_alternative<bool>(value)) return error{errc::invalid, place + ": must be true or false"};
  } else if (type == "string" || type == "metric") {
    if (!std::holds_alternative<std::string>(value)) return error{errc::invalid, place + ": must be a text"};
  } else {
    const auto* number = std::get_if<double>(&value);
    const bool whole = type == "integer";
    const bool sound =
        number && *number >= option.min && *number <= option.max && (!whole || *number == std::floor(*number));
    if (!sound)
      return error{errc::invalid, place + ": must be " + (whole ? "an integer" : "a number") + " from " +
                                      text::number(option.min) + " to " + text::number(option.max)};
  }
  return {};
}

result<void> check_metrics(const component& x, std::span<const option_description> listed, const definition& d) {
  std::vector<std::string> known;
  for (const auto& m : d.metrics) known.push_back(m.name);
  for (const auto& option : listed) {
    const auto given = x.options.find(option.name);
    if (std::string_view(option.type) != "metric" || given == x.options.end()) continue;
    const auto& name = std::get<std::string>(given->second);
    if (std::ranges::count(known, name) == 0)
      return error{errc::invalid, "sampler." + std::string(option.name) + ": there is no metric " + quoted(name) +
                                      one_of(name, known)};
  }
  return {};
}

}  // namespace

result<void> check_options(const component& x, std::span<const option_description> listed, const std::string& place) {
  std::vector<std::string> known;
  for (const auto& o : listed) known.emplace_back(o.name);
  for (const auto& [key, value] : x.options) {
    const option_description* option = nullptr;
    for (const auto& o : listed)
      if (key == o.name) option = &o;
    if (!option)
      return error{errc::invalid, place + ": " + quoted(x.name) + " has no option " + quoted(key) +
                                      (known.empty() ? "; it has none" : one_of(key, known))};
    if (auto sound = check_option(*option, value, place + "." + key); !sound) return sound;
  }
  return {};
}

std::string one_of(const std::string& name, const std::vector<std::string>& known) {
  auto out = did_you_mean(name, known);
  if (!out.empty()) return out;
  out = "; known are";
  for (std::size_t i = 0; i < known.size(); ++i) out += (i ? ", " : " ") + known[i];
  return out;
}

double number_option(const component& x, const std::string& name, double otherwise) {
  auto found = x.options.find(name);
  if (found == x.options.end()) return otherwise;
  const auto* number = std::get_if<double>(&found->second);
  return number ? *number : otherwise;
}

std::span<const sampler_entry> samplers() {
  static const sampler_entry all[] = {
      {.name = "auto",
       .summary = "what suits the space, the objectives and how much is known",
       .suggest = suggest_automatically,
       .uses_history = true,
       .searches = true,
       .uses_tasks = true},
      {.name = "tpe",
       .summary = "a model of good and bad regions (tree-structured Parzen estimators)",
       .suggest = suggest_tpe,
       .uses_history = true,
       .searches = true,
       .options = tpe_options()},
      {.name = "gp",
       .summary = "a model of each metric (Gaussian processes) and what a trial is expected to gain",
       .suggest = suggest_gp,
       .uses_history = true,
       .searches = true,
       .uses_tasks = true,
       .options = gp_options()},
      {.name = "turbo",
       .summary = "gp within a region around the best, for many parameters",
       .suggest = suggest_turbo,
       .uses_history = true},
      {.name = "cma_es",
       .summary = "a normal distribution that adapts its shape (covariance matrix adaptation)",
       .suggest = suggest_cma_es,
       .uses_history = true,
       .options = cma_es_options()},
      {.name = "nsga2",
       .summary = "an evolving population that spreads along the front",
       .suggest = suggest_nsga2,
       .uses_history = true,
       .options = nsga2_options()},
      {.name = "nsga3",
       .summary = "an evolving population near evenly spread directions, for three objectives and more",
       .suggest = suggest_nsga3,
       .uses_history = true,
       .options = nsga3_options()},
      {.name = "uniform", .summary = "independent random points", .suggest = suggest_uniform, .searches = true},
      {.name = "sobol",
       .summary = "evenly spread points (scrambled Sobol sequence)",
       .suggest = suggest_sobol,
       .searches = true},
      {.name = "latin_hypercube",
       .summary = "random points, evenly spread along each parameter",
       .suggest = suggest_latin_hypercube,
       .searches = true,
       .options = latin_hypercube_options()},
      {.name = "grid",
       .summary = "every point of a grid, in order",
       .suggest = suggest_grid,
       .exhaustive = true,
       .searches = true,
       .options = grid_options()},
  };
  return all;
}

result<const sampler_entry*> find_sampler(const definition& x) {
  const std::string name = x.sampler.name == "auto" ? automatic(x.type) : x.sampler.name;
  const auto* entry = entry_named(name);
  if (!entry) {
    std::vector<std::string> known;
    for (const auto& e : samplers()) known.emplace_back(e.name);
    return error{errc::invalid, "sampler: there is no sampler " + quoted(name) + one_of(name, known)};
  }
  if (const auto* fault = type_fault(x.type, *entry))
    return error{errc::invalid, "sampler: " + quoted(name) + " " + fault + ", but the experiment's type is " +
                                    quoted(to_string(x.type)) + "; leave one of the two out"};
  if (!entry->searches && metrics_with(x, strategy::optimize).empty())
    return error{errc::invalid, "sampler: " + quoted(name) +
                                    " needs a metric to optimize, and here are constraints alone; take \"auto\""};
  component named{name, x.sampler.options};
  if (auto sound = check_options(named, entry->options, "sampler"); !sound) return sound.error();
  if (auto sound = check_metrics(named, entry->options, x); !sound) return sound.error();
  return entry;
}

}  // namespace vilfredo
