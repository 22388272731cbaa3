#include "io/api/objects.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "core/random.hpp"
#include "io/api/object_writer.hpp"

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

// What is written either as text or as a value (object_writer.hpp); keys in ascending order.

template <class Object>
void write_notes(Object& to, const metadata_map& all) {
  for (const auto& [key, value] : all) {
    if (auto* number = std::get_if<double>(&value);
        number && *number == std::floor(*number) && std::abs(*number) < 1e15)
      to(key, static_cast<std::int64_t>(*number));
    else
      std::visit([&, &key = key](const auto& v) { to(key, v); }, value);
  }
}

template <class Object>
void write_metadata(Object& to, const metadata& x) {
  if (!x) return to("metadata", nullptr);
  to.object("metadata", [&](auto& in) { write_notes(in, *x); });
}

template <class Object>
void write_assignments(Object& to, const space& domain, const assignments& x) {
  std::vector<std::size_t> order;
  order.reserve(domain.size());
  for (std::size_t i = 0; i < domain.size(); ++i)
    if (domain.active(x, i)) order.push_back(i);
  std::ranges::sort(order, {}, [&](std::size_t i) -> std::string_view { return domain.dimensions()[i].name; });
  for (auto i : order) {
    const auto& p = domain.dimensions()[i];
    const auto v = x.values[i];
    switch (p.type) {
    case parameter_type::real: to(p.name, v); break;
    case parameter_type::integer: to(p.name, static_cast<std::int64_t>(v)); break;
    case parameter_type::categorical: to(p.name, p.categories[static_cast<std::size_t>(v)]); break;
    }
  }
}

template <class Object>
void write_values(Object& to, const definition& d, const observation& x) {
  auto write_one = [&](auto& in, std::size_t i) {
    const auto& m = d.metrics[i];
    if (d.labels.contains(label::unnamed))
      in("name", nullptr);
    else
      in("name", m.name);
    in("object", "metric_evaluation");
    in("value", x.values[i]);
    if (!x.stddevs.empty() && !std::isnan(x.stddevs[i]))
      in("value_stddev", x.stddevs[i]);
    else
      in("value_stddev", nullptr);
  };
  to.list("values", [&](auto add) {
    if (x.failed() || x.values.empty()) return;
    std::vector<std::size_t> order(d.metrics.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::string_view(d.metrics[i].name); });
    for (auto i : order)
      if (!std::isnan(x.values[i])) add([&](auto& in) { write_one(in, i); });
  });
}

const vilfredo::task* shown_task(const definition& d, std::optional<task_index> task) {
  for (std::size_t i = 0; i < d.tasks.size(); ++i)
    if (task ? *task == i : d.tasks[i].cost == 1) return &d.tasks[i];
  return nullptr;
}

template <class Object>
void write_task(Object& to, const vilfredo::task& x) {
  to("cost", x.cost);
  to("name", x.name);
  to("object", "task");
}

/// Of an experiment that has tasks.
template <class Object>
void write_its_task(Object& to, const definition& d, std::optional<task_index> task) {
  if (auto* found = shown_task(d, task))
    to.object("task", [&](auto& in) { write_task(in, *found); });
  else
    to("task", nullptr);
}

template <class Object>
void write_observation(Object& to, experiment_id id, const definition& d, const space& domain, const observation& x) {
  to.object("assignments", [&](auto& in) { write_assignments(in, domain, x.point); });
  to("created", seconds(x.at));
  to("experiment", id_text(id.number));
  to("failed", x.failed());
  to("id", id_text(x.id.number));
  write_metadata(to, x.metadata);
  to("object", "observation");
  if (x.stopped_at) to("stopped_at", *x.stopped_at);
  if (x.trial)
    to("suggestion", id_text(x.trial.number));
  else
    to("suggestion", nullptr);
  if (!d.tasks.empty()) write_its_task(to, d, x.task);
  write_values(to, d, x);
}

template <class Object>
void write_suggestion(Object& to, experiment_id id, const definition& d, const space& domain, const trial& x) {
  to.object("assignments", [&](auto& in) { write_assignments(in, domain, x.point); });
  to("attempt", x.attempt);
  to("created", seconds(x.issued));
  to("deleted", x.hidden || x.state == trial_state::cancelled);
  to("experiment", id_text(id.number));
  to("id", id_text(x.id.number));
  if (x.state == trial_state::running && x.lease_until != forever) to("lease_until", seconds(x.lease_until));
  write_metadata(to, x.metadata);
  to("object", "suggestion");
  to("origin", to_string(x.from));
  to("seed", std::to_string(derive_seed(d.seed, x.id.number)));
  to("state", shown_open(x) ? "open" : "closed");
  if (!d.tasks.empty()) write_its_task(to, d, x.task);
  to("trial_state", to_string(x.state));
}

template <class Write>
json value_of(Write write) {
  value_object out;
  write(out);
  return std::move(out).end();
}

template <class Write>
std::string written(Write write) {
  std::string out;
  out.reserve(1024);
  text_object all(out);
  write(all);
  all.end();
  return out += '\n';
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
  return value_of([&](auto& to) { write_notes(to, *x); });
}

json assignments_object(const space& domain, const assignments& x) {
  return value_of([&](auto& to) { write_assignments(to, domain, x); });
}

json values_list(const definition& d, const observation& x) {
  return std::move(value_of([&](auto& to) { write_values(to, d, x); })["values"]);
}

json task_object(const definition& d, std::optional<task_index> task) {
  auto* found = shown_task(d, task);
  return found ? value_of([&](auto& to) { write_task(to, *found); }) : json();
}

json observation_object(experiment_id id, const definition& d, const space& domain, const observation& x) {
  return value_of([&](auto& to) { write_observation(to, id, d, domain, x); });
}
std::string observation_text(experiment_id id, const definition& d, const space& domain, const observation& x) {
  return written([&](auto& to) { write_observation(to, id, d, domain, x); });
}

json observation_object(const experiment_view& in, const observation& x) {
  return observation_object(in.id, *in.what, *in.domain, x);
}

bool shown_open(const trial& x) { return x.open() || x.state == trial_state::cancelled; }

json suggestion_object(experiment_id id, const definition& d, const space& domain, const trial& x) {
  return value_of([&](auto& to) { write_suggestion(to, id, d, domain, x); });
}
std::string suggestion_text(experiment_id id, const definition& d, const space& domain, const trial& x) {
  return written([&](auto& to) { write_suggestion(to, id, d, domain, x); });
}

json queued_object(experiment_id id, const definition& d, const space& domain, const trial& x) {
  json out{{"object", "queued_suggestion"},
           {"id", id_text(x.id.number)},
           {"experiment", id_text(id.number)},
           {"assignments", assignments_object(domain, x.point)},
           {"created", seconds(x.began)}};
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
          {"paging", {{"before", marker(where.before)}, {"after", marker(where.after)}}}};
}

}  // namespace vilfredo::api
