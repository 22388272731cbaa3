#include "io/api/observation_form.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "io/api/objects.hpp"
#include "io/api/refusal.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;
constexpr const char* failure_word = "failed";
}  // namespace

std::vector<named_value> read_assignments(const json& x) {
  if (!x.is_object()) wrong_type("assignments", x, "object");
  if (x.empty()) throw refusal{400, "assignments must not be empty"};
  std::vector<named_value> out;
  for (const auto& [name, value] : x.items()) {
    if (value.is_string())
      out.push_back({name, value.get<std::string>()});
    else if (value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX))
      out.push_back({name, value.get<std::int64_t>()});
    else if (value.is_number())
      out.push_back({name, value.get<double>()});
    else
      wrong_type("assignments." + name, value, "number or string");
  }
  return out;
}

std::string read_task(const body& form) {
  auto* x = form.find("task");
  if (!x) return {};
  if (x->is_string()) return x->get<std::string>();
  if (x->is_object() && x->contains("name") && (*x)["name"].is_string()) return (*x)["name"].get<std::string>();
  wrong_type("task", *x, "task");
}

std::vector<measurement> read_values(const json& x, const definition& d, std::string_view key) {
  if (!x.is_array()) wrong_type(key, x, "array");
  if (x.size() != d.metrics.size())
    throw refusal{400, "The number of " + std::string(key) + " (" + std::to_string(x.size()) + ") and of metrics (" +
                           std::to_string(d.metrics.size()) + ") must be equal"};
  std::vector<measurement> out;
  std::set<std::string> seen;
  for (const auto& item : x) {
    if (!item.is_object()) wrong_type(key, item, "object");
    body one(item, {"name", "value", "value_stddev", "object"});
    auto name = one.text("name").value_or("");
    if (name.empty()) {
      if (d.metrics.size() > 1) throw refusal{400, "Each of several values needs its metric's name: " + brief(item)};
      name = d.metrics[0].name;
    }
    if (!seen.insert(name).second) throw refusal{400, "metric \"" + name + "\" is given twice"};
    one.need("value");
    out.push_back({name, *one.number("value"), one.number("value_stddev")});
    if (out.back().stddev && *out.back().stddev < 0)
      throw refusal{400, "value_stddev must be greater than or equal to 0: " + brief(item)};
  }
  return out;
}

observe read_observation(const json& given, const definition& d, task_rule rule) {
  body form(given, {"suggestion", "assignments", "values", "failed", "metadata", "task", "no_optimize", "request_id"});
  observe out;
  const bool by_suggestion = form.find("suggestion"), by_assignments = form.find("assignments");
  if (by_suggestion == by_assignments)
    throw refusal{400, by_suggestion
                           ? "Give a suggestion or assignments, not both"
                           : "Missing required json key \"suggestion\" or \"assignments\" in: " + brief(given)};
  form.boolean("no_optimize");
  if (by_suggestion)
    out.trial = trial_id{*form.id("suggestion")};
  else
    out.assignments = read_assignments(*form.find("assignments"));
  auto task = read_task(form);
  if (d.tasks.empty()) {
    if (!task.empty() && rule == task_rule::refuse_stray) throw refusal{400, "task: this experiment has no tasks"};
  } else if (by_suggestion && !task.empty()) {
    throw refusal{400, "task: a suggestion has its own"};
  } else if (!by_suggestion) {
    form.need("task");
    out.task = std::move(task);
  }
  const bool failed = form.boolean("failed").value_or(false);
  auto* values = form.list("values");
  if (failed) {
    if (values && !values->empty()) throw refusal{400, "A failed observation has no values"};
    out.failure = failure_word;
  } else {
    if (!values) throw refusal{400, "Missing required json key \"values\" (or \"failed\") in: " + brief(given)};
    out.values = read_values(*values, d);
  }
  out.metadata = form.notes("metadata").value_or(nullptr);
  return out;
}

edit_observation read_observation_update(const json& given, const definition& d, const observation& now,
                                         const json& shown) {
  body form(given, {"suggestion", "assignments", "values", "failed", "metadata", "task", "no_optimize", "request_id"});
  form.boolean("no_optimize");
  // What it is of stays: another configuration is another observation.
  if (auto other = form.id("suggestion"); other && shown["suggestion"] != id_text(*other))
    throw refusal{400, "The suggestion of an observation cannot be changed; delete it and create another"};
  if (form.has("suggestion") && !form.find("suggestion") && now.trial)
    throw refusal{400, "The suggestion of an observation cannot be taken away; delete it and create another"};
  if (auto* other = form.object("assignments"); other && *other != shown["assignments"])
    throw refusal{400, "The assignments of an observation cannot be changed; delete it and create another"};
  if (form.find("suggestion") && form.find("assignments"))
    throw refusal{400, "Give a suggestion or assignments, not both"};
  if (form.has("assignments") && !form.find("assignments") && !now.trial)
    throw refusal{400, "The assignments of an observation cannot be taken away; delete it and create another"};
  if (form.find("task")) {
    if (d.tasks.empty()) throw refusal{400, "task: this experiment has no tasks"};
    if (now.trial) throw refusal{400, "task: a suggestion has its own"};
    if (read_task(form) != shown["task"]["name"]) throw refusal{400, "The task of an observation cannot be changed"};
  }

  edit_observation out{now.id, {}, {}, {}};
  const bool failed = form.boolean("failed").value_or(now.failed());
  auto* values = form.list("values");
  const bool cleared = form.has("values") && (!values || values->empty());
  if (failed) {
    if (values && !values->empty()) throw refusal{400, "A failed observation has no values"};
    if (!now.failed() && !cleared) throw refusal{400, "A failed observation has no values; set values to null"};
    out.failure = now.failed() ? now.failure : failure_word;
  } else {
    if (!values && (now.failed() || cleared)) throw refusal{400, "An observation that did not fail needs values"};
    auto current = [&](std::size_t i) -> measurement {
      bool known = !now.stddevs.empty() && !std::isnan(now.stddevs[i]);
      return {d.metrics[i].name, now.values[i], known ? std::optional(now.stddevs[i]) : std::nullopt};
    };
    if (values) {
      out.values = read_values(*values, d);
      // A value_stddev that is left out stays; null takes it away.
      for (std::size_t k = 0; k < out.values.size() && !now.failed(); ++k) {
        auto i = static_cast<std::size_t>(std::ranges::find(d.metrics, out.values[k].metric, &metric::name) -
                                          d.metrics.begin());
        if (i < d.metrics.size() && !(*values)[k].contains("value_stddev")) out.values[k].stddev = current(i).stddev;
      }
    } else {
      for (std::size_t i = 0; i < d.metrics.size(); ++i)
        if (!std::isnan(now.values[i])) out.values.push_back(current(i));
    }
  }
  out.metadata = form.notes("metadata");
  return out;
}

}  // namespace vilfredo::api
