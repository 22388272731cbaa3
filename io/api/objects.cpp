#include "io/api/objects.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "core/random.hpp"

namespace vilfredo::api {

using nlohmann::json;

std::int64_t seconds(time_point x) {
  return std::chrono::duration_cast<std::chrono::seconds>(x.time_since_epoch()).count();
}
std::string id_text(std::uint64_t x) { return std::to_string(x); }

namespace {

json value_json(const parameter_value& x) {
  return std::visit([](const auto& v) { return json(v); }, x);
}
json number_or_null(const std::optional<double>& x) { return x ? json(*x) : json(); }

json metric_name(const definition& d, const metric& m) {
  return d.labels.contains(label::unnamed) ? json() : json(m.name);
}

/// As the parameter's own type has it: 3, not 3.0, for an integer.
json bound(const parameter& p, double x) {
  return p.type == parameter_type::integer ? json(static_cast<std::int64_t>(x)) : json(x);
}

json prior_object(const prior& x) {
  if (auto* n = std::get_if<normal_prior>(&x))
    return {{"object", "normal_prior"}, {"name", "normal"}, {"mean", n->mean}, {"scale", n->scale}};
  if (auto* b = std::get_if<beta_prior>(&x))
    return {{"object", "beta_prior"}, {"name", "beta"}, {"shape_a", b->shape_a}, {"shape_b", b->shape_b}};
  return nullptr;
}

const char* type_name(parameter_type x) { return to_string(x); }

json parameter_object(const definition& d, const parameter& p) {
  json out{{"object", "parameter"},
           {"name", p.name},
           {"type", type_name(p.type)},
           {"bounds", nullptr},
           {"categorical_values", nullptr},
           {"conditions", json::object()},
           {"default_value", p.default_value ? value_json(*p.default_value) : json()},
           {"prior", prior_object(p.prior)},
           {"transformation", p.scale == transformation::log ? json("log") : json()}};
  if (p.type == parameter_type::categorical) {
    auto& values = out["categorical_values"] = json::array();
    for (std::size_t i = 0; i < p.categories.size(); ++i)
      values.push_back({{"object", "categorical_value"}, {"name", p.categories[i]}, {"enum_index", i + 1}});
    if (d.type == experiment_type::grid) out["grid"] = p.categories;
  } else {
    out["bounds"] = {{"object", "bounds"}, {"min", bound(p, p.min)}, {"max", bound(p, p.max)}};
  }
  if (!p.grid.empty()) {
    auto& values = out["grid"] = json::array();
    for (auto x : p.grid) values.push_back(bound(p, x));
  }
  for (const auto& c : p.conditions) out["conditions"][c.name] = c.values;
  return out;
}

json constraint_object(const linear_constraint& x) {
  json terms = json::array();
  auto sorted = x.terms;
  auto low = [](std::string s) {
    std::ranges::transform(s, s.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return s;
  };
  std::ranges::sort(sorted, {}, [&](const auto& t) { return low(t.name); });
  for (const auto& t : sorted) terms.push_back({{"object", "constraint_term"}, {"name", t.name}, {"weight", t.weight}});
  return {{"object", "linear_constraint"},
          {"type", x.type == linear_constraint::relation::less_than ? "less_than" : "greater_than"},
          {"threshold", x.threshold},
          {"terms", std::move(terms)}};
}

json metric_object(const definition& d, const metric& m) {
  return {{"object", "metric"},
          {"name", metric_name(d, m)},
          {"objective", to_string(m.objective)},
          {"strategy", to_string(m.strategy)},
          {"threshold", number_or_null(m.threshold)}};
}

std::optional<observation> best_of(const ledger& book) {
  auto optimized = metrics_with(book.definition(), strategy::optimize);
  if (optimized.size() != 1) return std::nullopt;
  auto i = optimized.front();
  bool more = book.definition().metrics[i].objective == objective::maximize;
  const observation* best = nullptr;
  for (const auto& x : book.observations()) {
    if (!x.final() || x.task || std::isnan(x.values[i])) continue;
    if (!best || (more ? x.values[i] > best->values[i] : x.values[i] < best->values[i])) best = &x;
  }
  return best ? std::optional(*best) : std::nullopt;
}

}  // namespace

experiment_view view_of(experiment_id id, const ledger& book) {
  experiment_view out{
      id, book.shared_definition(), book.shared_space(), book.created(), book.last_fact_at(), {}, {}, {}, {}, {}, {}};
  const auto& seen = book.observations();
  out.archived = book.state() == experiment_state::archived;
  out.observations = seen.size();
  out.consumed = book.consumed();
  if (!seen.empty()) {
    out.first = seen[0];
    out.last = seen[seen.size() - 1];
    out.best = best_of(book);
  }
  return out;
}

json metadata_object(const metadata& x) {
  if (!x) return nullptr;
  json out = json::object();
  for (const auto& [key, value] : *x) {
    if (auto* number = std::get_if<double>(&value);
        number && *number == std::floor(*number) && std::abs(*number) < 1e15)
      out[key] = static_cast<std::int64_t>(*number);
    else
      std::visit([&, &key = key](const auto& v) { out[key] = v; }, value);
  }
  return out;
}

json assignments_object(const space& domain, const assignments& x) {
  json out = json::object();
  for (const auto& v : domain.name(x)) out[v.name] = value_json(v.value);
  return out;
}

json values_list(const definition& d, const observation& x) {
  json out = json::array();
  if (x.failed() || x.values.empty()) return out;
  std::vector<std::size_t> order(d.metrics.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return d.metrics[i].name; });
  for (auto i : order) {
    if (std::isnan(x.values[i])) continue;
    bool known = !x.stddevs.empty() && !std::isnan(x.stddevs[i]);
    out.push_back({{"object", "metric_evaluation"},
                   {"name", metric_name(d, d.metrics[i])},
                   {"value", x.values[i]},
                   {"value_stddev", known ? json(x.stddevs[i]) : json()}});
  }
  return out;
}

json task_object(const definition& d, std::optional<task_index> task) {
  for (std::size_t i = 0; i < d.tasks.size(); ++i)
    if (task ? *task == i : d.tasks[i].cost == 1)
      return {{"object", "task"}, {"name", d.tasks[i].name}, {"cost", d.tasks[i].cost}};
  return nullptr;
}

json observation_object(const experiment_id& id, const definition& d, const space& domain, const observation& x) {
  json out{{"object", "observation"},
           {"id", id_text(x.id.number)},
           {"experiment", id_text(id.number)},
           {"assignments", assignments_object(domain, x.point)},
           {"suggestion", x.trial ? json(id_text(x.trial.number)) : json()},
           {"values", values_list(d, x)},
           {"failed", x.failed()},
           {"created", seconds(x.at)},
           {"metadata", metadata_object(x.metadata)}};
  if (!d.tasks.empty()) out["task"] = task_object(d, x.task);
  if (x.stopped_at) out["stopped_at"] = *x.stopped_at;
  return out;
}

json observation_object(const experiment_view& in, const observation& x) {
  return observation_object(in.id, *in.what, *in.domain, x);
}

bool shown_open(const trial& x) { return x.open() || x.state == trial_state::cancelled; }

json suggestion_object(experiment_id id, const definition& d, const space& domain, const trial& x) {
  bool deleted = x.hidden || x.state == trial_state::cancelled;
  json out{{"object", "suggestion"},
           {"id", id_text(x.id.number)},
           {"experiment", id_text(id.number)},
           {"assignments", assignments_object(domain, x.point)},
           {"created", seconds(x.issued)},
           {"deleted", deleted},
           {"state", shown_open(x) ? "open" : "closed"},
           {"metadata", metadata_object(x.metadata)},
           {"origin", to_string(x.from)},
           {"attempt", x.attempt},
           {"seed", std::to_string(derive_seed(d.seed, x.id.number))},
           {"trial_state", to_string(x.state)}};
  if (x.state == trial_state::running && x.lease_until != forever) out["lease_until"] = seconds(x.lease_until);
  if (!d.tasks.empty()) out["task"] = task_object(d, x.task);
  return out;
}

json queued_object(experiment_id id, const definition& d, const space& domain, const trial& x, time_point created) {
  json out{{"object", "queued_suggestion"},
           {"id", id_text(x.id.number)},
           {"experiment", id_text(id.number)},
           {"assignments", assignments_object(domain, x.point)},
           {"created", seconds(created)}};
  if (!d.tasks.empty()) out["task"] = task_object(d, x.task);
  return out;
}

json experiment_object(const experiment_view& x) {
  const auto& d = *x.what;
  const bool ai = x.has(label::runs_only);
  auto list = [](const auto& from, auto make) {
    json out = json::array();
    for (const auto& one : from) out.push_back(make(one));
    return out;
  };
  auto by_name = [](const auto& from, auto make) {
    std::map<std::string_view, json> sorted;
    for (const auto& one : from) sorted.emplace(one.name, make(one));
    json out = json::array();
    for (auto& [name, object] : sorted) out.push_back(std::move(object));
    return out;
  };
  auto absent_or = [&](const char* name, std::uint64_t value) { return x.has(name) ? json() : json(value); };
  auto project = d.labels.find(label::project);
  json out{
      {"object", ai ? "aiexperiment" : "experiment"},
      {"id", id_text(x.id.number)},
      {"client", "1"},
      {"user", "1"},
      {"name", d.name},
      {"type", to_string(d.type)},
      {"state", x.archived ? "deleted" : "active"},
      {"created", seconds(x.created)},
      {"updated", seconds(x.updated)},
      {"parameters", by_name(d.space.parameters, [&](const parameter& p) { return parameter_object(d, p); })},
      {"metrics", by_name(d.metrics, [&](const metric& m) { return metric_object(d, m); })},
      {"conditionals", list(d.space.conditionals,
                            [](const conditional& c) {
                              return json{{"object", "conditional"}, {"name", c.name}, {"values", c.values}};
                            })},
      {"linear_constraints", list(d.space.linear_constraints, constraint_object)},
      {"metadata", d.metadata.empty() && !x.has(label::no_metadata)
                       ? json()
                       : metadata_object(std::make_shared<const metadata_map>(d.metadata))},
      {"num_solutions", absent_or(label::solutions, d.num_solutions)},
      {"parallel_bandwidth", absent_or(label::bandwidth, d.parallel_bandwidth)},
      {"project", project == d.labels.end() ? json() : json(project->second)},
      {"runs_only", ai},
  };
  out[ai ? "budget" : "observation_budget"] = d.observation_budget ? json(*d.observation_budget) : json();
  if (!ai) out["development"] = x.has(label::development);
  if (!d.tasks.empty()) {
    auto tasks = d.tasks;
    std::ranges::sort(tasks, std::greater{}, &vilfredo::task::cost);
    out["tasks"] = list(tasks, [](const vilfredo::task& t) {
      return json{{"object", "task"}, {"name", t.name}, {"cost", t.cost}};
    });
  }
  auto shown = [&](const std::optional<observation>& o) { return o ? observation_object(x, *o) : json(); };
  if (!ai)
    out["progress"] = {{"object", "progress"},
                       {"observation_count", x.observations},
                       {"observation_budget_consumed", x.consumed},
                       {"first_observation", shown(x.first)},
                       {"last_observation", shown(x.last)},
                       {"best_observation", shown(x.best)}};
  return out;
}

json pagination(std::size_t count, json data, const page& where) {
  auto marker = [](const std::optional<std::string>& x) { return x ? json(*x) : json(); };
  return {{"object", "pagination"},
          {"count", count},
          {"data", std::move(data)},
          {"paging", {{"object", "paging"}, {"before", marker(where.before)}, {"after", marker(where.after)}}}};
}

}  // namespace vilfredo::api
