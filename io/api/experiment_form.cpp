#include "io/api/experiment_form.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "io/api/body.hpp"
#include "io/api/objects.hpp"
#include "io/api/refusal.hpp"
#include "io/definition_codec.hpp"
#include "io/definition_parts.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

/// What is shown of things marks each with its kind, and comes back when a client copies them.
void take_marks_off(json& x) {
  if (x.is_array())
    for (auto& each : x) take_marks_off(each);
  if (!x.is_object()) return;
  x.erase("object");
  // The keys of conditions are names, which are free.
  for (auto& [key, value] : x.items())
    if (key != "conditions") take_marks_off(value);
}

/// Whether a parameter has, beside its grid, the bounds or the categories that follow from it, as it is shown.
bool says_its_grid_twice(const json& p) {
  auto grid = p.find("grid"), bounds = p.find("bounds"), categories = p.find("categorical_values");
  if (grid == p.end() || !grid->is_array() || grid->empty()) return false;
  if (categories != p.end() && categories->is_array())
    return std::ranges::equal(*grid, *categories, [](const json& a, const json& b) {
      return a == (b.is_object() ? b.value("name", json()) : b);
    });
  if (bounds == p.end() || !bounds->is_object() ||
      !std::ranges::all_of(*grid, [](const json& x) { return x.is_number(); }))
    return false;
  auto [least, most] = std::minmax_element(grid->begin(), grid->end());
  return bounds->value("min", json()) == *least && bounds->value("max", json()) == *most;
}

/// Parts of an experiment as a job file has them: without what only SigOpt's objects have, and what has no effect.
void tidy_parts(json& job) {
  for (const auto* part : {"parameters", "conditionals", "linear_constraints", "tasks", "metrics"})
    if (auto found = job.find(part); found != job.end()) take_marks_off(*found);
  auto each = [](json& of, const char* part, auto change) {
    auto found = of.is_object() ? of.find(part) : of.end();
    if (!of.is_object() || found == of.end() || !found->is_array()) return;
    for (auto& one : *found)
      if (one.is_object()) change(one);
  };
  each(job, "parameters", [&](json& p) {
    each(p, "categorical_values", [](json& value) { value.erase("enum_index"); });
    if (says_its_grid_twice(p)) p.erase(p.value("type", json()) == "categorical" ? "grid" : "bounds");
  });
  each(job, "linear_constraints", [](json& c) {
    auto terms = c.find("terms");
    if (terms == c.end() || !terms->is_array()) return;
    auto& all = terms->get_ref<json::array_t&>();
    auto weightless = [](const json& t) { return t.is_object() && t.contains("weight") && t["weight"] == 0; };
    // A constraint of nothing else stays as it is, to be refused with a reason.
    if (!std::ranges::all_of(all, weightless)) std::erase_if(all, weightless);
  });
}

/// How many points a grid has whose parameters say all their values; nothing for others.
std::optional<std::uint64_t> grid_size(const json& job) {
  if (job.value("type", json()) != "grid" || job.contains("conditionals") || !job["parameters"].is_array()) return {};
  std::uint64_t out = 1;
  constexpr std::uint64_t most = 1'000'000'000;
  for (const auto& p : job["parameters"]) {
    if (!p.is_object()) return {};
    auto values = p.find(p.contains("grid") ? "grid" : "categorical_values");
    if (values == p.end() || !values->is_array() || values->empty()) return {};
    out *= values->size();
    if (out > most) return {};
  }
  return out;
}

/// What a job file would say. Null is SigOpt's word for absent; unknown keys of parameters are passed over, as SigOpt
/// does.
json as_job(const json& body) {
  static constexpr std::array known{"name", "type",  "bounds",        "categorical_values", "transformation",
                                    "grid", "prior", "default_value", "conditions"};
  json out = body;
  for (const auto* key : {"project", "runs_only", "budget", "no_optimize", "request_id"}) out.erase(key);
  for (auto it = out.begin(); it != out.end();) it = it->is_null() ? out.erase(it) : std::next(it);
  if (auto parameters = out.find("parameters"); parameters != out.end() && parameters->is_array())
    for (auto& p : *parameters) {
      if (!p.is_object()) continue;
      for (auto it = p.begin(); it != p.end();)
        it = std::ranges::find(known, it.key()) == known.end() || it->is_null() ? p.erase(it) : std::next(it);
    }
  tidy_parts(out);
  return out;
}

/// Null is no objective and no strategy, though it is no name of a single metric.
void check_words(const json& m) {
  for (const auto* key : {"objective", "strategy"})
    if (auto found = m.find(key); found != m.end() && found->is_null()) wrong_type(key, *found, "string");
}

/// Its metrics; a single one may have no name.
json with_names(json metrics, bool& unnamed) {
  if (!metrics.is_array()) return metrics;
  for (auto& m : metrics) {
    if (m.is_object()) check_words(m);
    auto* name = m.is_object() && m.contains("name") ? &m["name"] : nullptr;
    bool none = m.is_null() || (m.is_object() && (!name || name->is_null()));
    if (!none) continue;
    if (metrics.size() > 1) throw refusal{400, "Each of several metrics needs a name: " + brief(m)};
    unnamed = true;
    if (m.is_null()) m = json::object();
    m["name"] = unnamed_metric;
  }
  return metrics;
}

/// Whether what is sent of a parameter is what is shown of it, in the shorter forms that creating takes, too.
bool says_the_same(const std::string& key, const json& sent, const json& shown) {
  if (sent.is_null() || shown.is_null()) return sent == shown || (key == "transformation" && sent == "none");
  if (key == "bounds" && sent.is_object())
    return sent.value("min", shown["min"]) == shown["min"] && sent.value("max", shown["max"]) == shown["max"];
  if (key != "categorical_values" || !sent.is_array()) return sent == shown;
  return std::ranges::equal(sent, shown, [](const json& one, const json& known) {
    return one == known["name"] || (one.is_object() && one.value("name", json()) == known["name"]);
  });
}

/// Null: none any more.
stop_rules read_rules(const body& form) {
  auto* given = form.object("stop_when");
  if (!given) return {};
  std::optional<std::string> complaint;
  auto out = io::read_stop_rules(io::json_reader(*given, complaint));
  if (complaint) throw refusal{400, "stop_when." + *complaint};
  return out;
}

}  // namespace

definition read_experiment(const json& given, experiment_kind kind) {
  const bool ai = kind == experiment_kind::ai;
  // Beyond SigOpt's own keys: what job files know, too.
  if (ai)
    body(given, {"name", "parameters", "metrics", "budget", "parallel_bandwidth", "num_solutions", "type",
                 "conditionals", "linear_constraints", "metadata", "sampler", "early_stopping", "stop_when", "seed",
                 "initial", "run", "strict_budget", "request_id"});
  else
    body(given,
         {"name",          "parameters", "metrics",       "observation_budget", "budget",    "parallel_bandwidth",
          "num_solutions", "type",       "conditionals",  "linear_constraints", "tasks",     "metadata",
          "project",       "runs_only",  "sampler",       "early_stopping",     "stop_when", "seed",
          "initial",       "run",        "strict_budget", "request_id"});
  body form(given);
  auto job = as_job(given);
  form.need("name");
  job["name"] = checked_name("name", *form.text("name"), 1, 100);
  form.need("parameters");
  if (auto* list = form.list("parameters"); list && list->empty())
    throw refusal{400, "The `parameters` list must contain a parameter"};

  const bool runs_only = ai || form.boolean("runs_only").value_or(false);
  if (form.find("budget") && !runs_only) throw refusal{400, "budget needs runs_only; write observation_budget"};
  if (form.find("observation_budget") && runs_only) throw refusal{400, "observation_budget: write budget for runs"};
  if (auto budget = form.integer(runs_only ? "budget" : "observation_budget", 1))
    job["observation_budget"] = *budget;
  else if (auto points = grid_size(job))
    job["observation_budget"] = *points;
  if (auto bandwidth = form.integer("parallel_bandwidth", 1)) job["parallel_bandwidth"] = *bandwidth;
  if (auto solutions = form.integer("num_solutions", 1)) job["num_solutions"] = *solutions;

  bool unnamed = false, no_metadata = false;
  if (auto* metrics = form.list("metrics")) {
    if (metrics->empty()) throw refusal{400, "The `metrics` list must contain a metric"};
    if (ai)
      for (const auto& m : *metrics)
        if (!m.is_object() || m.value("name", json()).is_null())
          throw refusal{400, "Each metric must be an object with a name: " + brief(m)};
    job["metrics"] = with_names(job["metrics"], unnamed);
  } else {
    if (ai) form.need("metrics");
    job["metrics"] = with_names(json::array({nullptr}), unnamed);
  }
  if (auto notes = form.notes("metadata")) {
    job.erase("metadata");
    if (*notes) job["metadata"] = metadata_object(*notes);
    no_metadata = *notes && (*notes)->empty();
  }
  if (!job.contains("strict_budget")) job["strict_budget"] = false;

  auto out = value_or_refuse(io::read_definition(job));
  constexpr double narrowest = 1e-8;
  for (const auto& p : out.space.parameters) {
    if (p.type == parameter_type::categorical && p.categories.size() < 2)
      throw refusal{400, "Parameter \"" + p.name + "\" needs at least two categorical_values"};
    if (p.type != parameter_type::categorical && p.max - p.min < narrowest)
      throw refusal{400, "Parameter \"" + p.name + "\": bounds.max must be greater than bounds.min"};
  }
  if (unnamed) out.labels[label::unnamed] = "yes";
  if (!form.find("parallel_bandwidth")) out.labels[label::bandwidth] = "null";
  if (!form.find("num_solutions")) out.labels[label::solutions] = "null";
  if (runs_only) out.labels[label::runs_only] = "yes";
  if (no_metadata) out.labels[label::no_metadata] = "{}";
  if (auto project = form.text("project", 1)) out.labels[label::project] = *project;
  if (runs_only && !ai && !form.find("project")) throw refusal{400, "runs_only needs a project"};
  return out;
}

edit_experiment read_update(const json& given, const definition& now) {
  const bool ai = now.labels.contains(label::runs_only);
  for (const auto* key : {"type", "conditionals", "linear_constraints", "num_solutions", "tasks"})
    if (given.contains(key)) throw refusal{400, std::string(key) + " cannot be changed"};
  body form(given, {"name", "project", "observation_budget", "budget", "state", "metrics", "parameters", "metadata",
                    "parallel_bandwidth", "no_optimize", "stop_when", "thresholds", "request_id"});
  (void)form.boolean("no_optimize");
  edit_experiment out;
  if (auto name = form.text("name")) out.name = checked_name("name", *name, 1, 100);
  if (form.has(ai ? "observation_budget" : "budget"))
    throw refusal{400, std::string(ai ? "observation_budget: write budget" : "budget: write observation_budget")};
  const auto* budget_key = ai ? "budget" : "observation_budget";
  if (auto budget = form.integer(budget_key, 1)) {
    if (now.type == experiment_type::grid)
      throw refusal{400, "The budget of a grid experiment is the size of its grid"};
    out.observation_budget = static_cast<std::uint64_t>(*budget);
  } else if (ai && form.has(budget_key)) {
    out.observation_budget.emplace();
  }
  if (form.has("parallel_bandwidth")) {
    auto bandwidth = form.integer("parallel_bandwidth", 1);
    if (bandwidth && *bandwidth > std::numeric_limits<std::uint32_t>::max())
      throw refusal{400, "parallel_bandwidth must be less than or equal to 4294967295"};
    out.parallel_bandwidth = static_cast<std::uint32_t>(bandwidth.value_or(1));
    out.labels[label::bandwidth] = bandwidth ? std::nullopt : std::optional<std::string>("null");
  }
  if (auto notes = form.notes("metadata")) {
    out.metadata = *notes ? **notes : metadata_map{};
    out.labels[label::no_metadata] = *notes && (*notes)->empty() ? std::optional<std::string>("{}") : std::nullopt;
  }
  if (form.has("stop_when")) out.stop_when = read_rules(form);
  if (form.has("project")) {
    auto project = form.text("project", 1);
    auto own = now.labels.find(label::project);
    if (ai && (own == now.labels.end() || project != own->second))
      throw refusal{400, "The project of an AI experiment cannot be changed"};
    out.labels[label::project] = std::move(project);
  }
  for (const auto* key : {"metrics", "parameters"})
    if (form.has(key) && !form.find(key)) wrong_type(key, json(), "array");
  if (auto* metrics = form.list("metrics")) {
    if (metrics->size() != now.metrics.size())
      throw refusal{400, "metrics must be as many as the experiment has, " + std::to_string(now.metrics.size())};
    std::set<std::string> seen;
    for (const auto& m : *metrics) {
      if (!m.is_object()) wrong_type("metrics", m, "object");
      body one(m, {"name", "objective", "strategy", "threshold", "object"});
      check_words(m);
      auto name = one.text("name");
      if (!name && now.metrics.size() > 1) one.need("name");
      auto known = std::ranges::find(now.metrics, name.value_or(now.metrics[0].name), &metric::name);
      if (known == now.metrics.end()) throw refusal{400, "\"" + *name + "\" is not a metric of this experiment"};
      if (!seen.insert(known->name).second) throw refusal{400, "metrics: \"" + known->name + "\" is given twice"};
      if (auto objective = one.text("objective"); objective && *objective != to_string(known->objective))
        throw refusal{400, "The objective of metric \"" + known->name + "\" cannot be changed"};
      if (auto strategy = one.text("strategy"); strategy && *strategy != to_string(known->strategy))
        throw refusal{400, "The strategy of metric \"" + known->name + "\" cannot be changed"};
      if (one.has("threshold")) out.thresholds[known->name] = one.number("threshold");
    }
  }
  if (auto* thresholds = form.object("thresholds")) {
    body each(*thresholds);
    for (const auto& [name, value] : thresholds->items()) out.thresholds[name] = each.number(name);
  }
  if (auto* parameters = form.list("parameters")) {
    // The client sends them all along with any other change.
    auto shown =
        experiment_object({{}, std::make_shared<const definition>(now), nullptr, {}, {}, {}, {}, {}, {}, {}, {}});
    std::set<std::string> seen;
    for (const auto& p : *parameters) {
      if (!p.is_object()) wrong_type("parameters", p, "object");
      auto name = body(p).text("name").value_or("");
      if (!seen.insert(name).second) throw refusal{400, "parameters: \"" + name + "\" is given twice"};
      auto same = std::ranges::find_if(shown["parameters"], [&](const json& x) { return x["name"] == name; });
      if (same == shown["parameters"].end())
        throw refusal{400, "The parameters of an experiment cannot be changed here; \"" + name + "\" would be new"};
      for (const auto& [key, value] : p.items())
        if (same->contains(key) && key != "conditions" && !says_the_same(key, value, (*same)[key]))
          throw refusal{400, "The parameters of an experiment cannot be changed here; " + key + " of \"" + name +
                                 "\" would be " + brief(value)};
    }
    if (parameters->size() != now.space.parameters.size())
      throw refusal{400, "The parameters of an experiment cannot be changed here; leave them out or send all of them"};
  }
  return out;
}

}  // namespace vilfredo::api
