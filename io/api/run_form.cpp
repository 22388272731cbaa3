#include "io/api/run_form.hpp"

#include <algorithm>
#include <cmath>

#include "io/api/body.hpp"
#include "io/api/objects.hpp"
#include "io/api/reading.hpp"
#include "io/api/refusal.hpp"
#include "io/api/run_filter.hpp"
#include "io/api/run_removal.hpp"

namespace vilfredo::api {

namespace {
using nlohmann::json;

constexpr std::size_t longest_log = 1124;

/// Numbers that are whole come back whole.
json tidy(const json& x) {
  if (x.is_number_float() && x.get<double>() == std::floor(x.get<double>()) && std::abs(x.get<double>()) < 1e15)
    return static_cast<std::int64_t>(x.get<double>());
  return x;
}

/// A flat object by the rule for metadata; nulls stay, for they take away.
json flat(const json& x, const std::string& key, std::size_t most_keys = 100) {
  if (!x.is_object()) wrong_type(key, x, "object");
  if (x.size() > most_keys) throw refusal{400, key + " must have at most " + std::to_string(most_keys) + " keys"};
  json out = json::object();
  for (const auto& [name, value] : x.items()) {
    if (name.size() > 400) throw refusal{400, "The length of keys of " + key + " must be at most 100"};
    if (!value.is_null() && !value.is_string() && !value.is_number())
      wrong_type(key + "." + name, value, "string or number");
    if (value.is_string() && value.get_ref<const std::string&>().size() > 2000)
      throw refusal{400, "The length of " + key + "." + name + " must be at most 500"};
    out[name] = tidy(value);
  }
  return out;
}

/// An object of objects, each with these keys: read by `one`.
template <class One>
json nested(const json& x, const std::string& key, One one) {
  if (!x.is_object()) wrong_type(key, x, "object");
  json out = json::object();
  for (const auto& [name, value] : x.items()) {
    if (value.is_null()) {
      out[name] = nullptr;
      continue;
    }
    if (!value.is_object()) wrong_type(key + "." + name, value, "object");
    out[name] = one(value, key + "." + name);
  }
  return out;
}

json read_value(const json& x, const std::string& where) {
  body one(x, {"value", "value_stddev", "object", "name"});
  if (!one.find("value")) throw refusal{400, "Missing required json key \"value\" in: " + where};
  auto deviation = one.number("value_stddev");
  return {{"value", *one.number("value")}, {"value_stddev", deviation ? json(*deviation) : json()}};
}
json read_log(const json& x, const std::string& where) {
  body one(x, {"content", "object"});
  auto text = one.text("content");
  if (!text) throw refusal{400, "Missing required json key \"content\" in: " + where};
  std::size_t begun = 0;  // characters, not bytes
  for (std::size_t i = 0; i < text->size(); ++i)
    if ((static_cast<unsigned char>((*text)[i]) & 0xC0) != 0x80 && ++begun > longest_log) {
      text->resize(i);
      break;
    }
  return {{"content", *text}};
}
json read_meta(const json& x, const std::string& where) {
  body one(x, {"source", "object"});
  auto source = one.text("source", 0, 30);
  if (!source) throw refusal{400, "Missing required json key \"source\" in: " + where};
  if (*source == "SigOpt") throw refusal{400, "source: \"SigOpt\" is reserved"};
  return {{"source", *source}};
}
json read_source(const json& x, const std::string&) {
  body one(x, {"sort", "default_show", "object"});
  one.need("sort");
  one.need("default_show");
  return {{"sort", tidy(json(*one.number("sort")))}, {"default_show", *one.boolean("default_show")}};
}
json read_dataset(const json& x, const std::string&) {
  body(x, {"object"});
  return json::object();
}
json read_texts(const json& x, const std::string& key, std::initializer_list<std::string_view> keys) {
  if (!x.is_object()) wrong_type(key, x, "object");
  body one(x, keys);
  json out = json::object();
  for (const auto& [name, value] : x.items()) {
    if (name == "object") continue;
    if (!value.is_null() && !value.is_string()) wrong_type(key + "." + name, value, "string");
    out[name] = value;
  }
  // It is known as a whole, too.
  for (auto name : keys)
    if (name != "object" && !x.contains(name)) out[name] = nullptr;
  return out;
}
json read_system(const json& x) {
  if (!x.is_object()) wrong_type("sys_metadata", x, "object");
  body one(x, {"feature_importances"});
  auto* shares = one.object("feature_importances");
  if (!shares) return json::object();
  body all(*shares, {"type", "scores"});
  if (auto* scores = all.object("scores")) {
    if (scores->size() > 50)
      throw refusal{400, "sys_metadata.feature_importances.scores must have at most 50 features"};
    for (const auto& [feature, score] : scores->items()) {
      if (feature.size() > 100) throw refusal{400, "The length of a feature's name must be at most 100: " + feature};
      if (!score.is_number()) wrong_type("sys_metadata.feature_importances.scores." + feature, score, "number");
    }
  }
  return x;
}

/// Objects merge recursively, scalars replace, null takes away.
void merge(json& into, const json& given) {
  if (!into.is_object()) into = json::object();
  for (const auto& [name, value] : given.items()) {
    if (value.is_null())
      into.erase(name);
    else if (value.is_object() && into.contains(name) && into[name].is_object())
      merge(into[name], value);
    else
      into[name] = value;
  }
}
/// A part that is given is known as a whole: what it leaves out counts as null.
void merge_items(json& into, const json& given) {
  for (const auto& [name, value] : given.items()) {
    if (value.is_null())
      into.erase(name);
    else
      into[name] = value;
  }
}

}  // namespace

json fresh_run(const std::string& name, const std::string& project) {
  return {{"name", name},
          {"state", "active"},
          {"project", project},
          {"experiment", nullptr},
          {"suggestion", nullptr},
          {"observation", nullptr},
          {"completed", nullptr},
          {"deleted", false},
          {"favorite", false},
          {"checkpoint_count", 0},
          {"assignments", json::object()},
          {"assignments_meta", json::object()},
          {"assignments_sources", json::object()},
          {"values", json::object()},
          {"metadata", nullptr},
          {"dev_metadata", json::object()},
          {"sys_metadata", json::object()},
          {"datasets", json::object()},
          {"logs", json::object()},
          {"model", json::object()},
          {"source_code", json::object()},
          {"tags", json::array()},
          {"files", json::array()}};
}

void apply_run(json& run, const json& given, run_change how, std::int64_t now) {
  static constexpr std::string_view known[] = {"name",
                                               "assignments",
                                               "values",
                                               "state",
                                               "metadata",
                                               "dev_metadata",
                                               "sys_metadata",
                                               "logs",
                                               "datasets",
                                               "source_code",
                                               "model",
                                               "favorite",
                                               "deleted",
                                               "project",
                                               "assignments_meta",
                                               "assignments_sources",
                                               "fields",
                                               "request_id"};
  std::string strangers;
  for (const auto& [key, value] : given.items())
    if (std::ranges::find(known, key) == std::end(known)) strangers += (strangers.empty() ? "" : ", ") + key;
  if (!strangers.empty()) throw refusal{400, "Unknown parameters: " + strangers};
  body form(given);
  if (form.has("name")) {
    auto name = form.text("name", 1, 1000);
    if (!name) wrong_type("name", given["name"], "string");
    run["name"] = *name;
  } else if (how == run_change::create) {
    throw refusal{400, "Missing required param: name"};
  }
  for (const auto* key : {"favorite", "deleted"})
    if (form.has(key)) run[key] = form.boolean(key).value_or(false);
  if (form.has("project")) {
    if (how == run_change::create) throw refusal{400, "Unknown parameters: project"};
    auto project = form.text("project");
    if (!project) wrong_type("project", given["project"], "string");
    run["project"] = *project;
  }
  auto part = [&](const char* key, auto read, bool whole_items) {
    if (!form.has(key)) return;
    json empty = std::string_view(key) == "metadata" ? json() : json::object();
    auto* x = form.object(key);
    if (!x) {
      run[key] = empty;
      return;
    }
    json now_given = read(*x);
    if (how != run_change::merge || !run[key].is_object()) {
      run[key] = json::object();
      merge_items(run[key], now_given);
    } else if (whole_items) {
      merge_items(run[key], now_given);
    } else {
      merge(run[key], now_given);
    }
  };
  part(
      "assignments", [](const json& x) { return flat(x, "assignments"); }, true);
  part(
      "metadata", [](const json& x) { return flat(x, "metadata"); }, true);
  part(
      "dev_metadata", [](const json& x) { return flat(x, "dev_metadata"); }, true);
  part("sys_metadata", read_system, false);
  part(
      "values", [](const json& x) { return nested(x, "values", read_value); }, true);
  part(
      "logs", [](const json& x) { return nested(x, "logs", read_log); }, true);
  part(
      "datasets", [](const json& x) { return nested(x, "datasets", read_dataset); }, true);
  part(
      "source_code",
      [](const json& x) {
        return read_texts(x, "source_code", {"content", "hash", "object"});
      },
      false);
  part(
      "model",
      [](const json& x) {
        return read_texts(x, "model", {"type", "object"});
      },
      false);
  part(
      "assignments_meta", [](const json& x) { return nested(x, "assignments_meta", read_meta); }, true);
  part(
      "assignments_sources", [](const json& x) { return nested(x, "assignments_sources", read_source); }, true);
  if (form.has("assignments_sources"))
    for (const auto& [name, value] : run["assignments_sources"].items())
      checked_name("assignments_sources", name, 1, 30);
  if (form.has("assignments_meta"))
    for (const auto& [name, value] : run["assignments_meta"].items())
      if (!run["assignments"].contains(name))
        throw refusal{400, "assignments_meta: \"" + name + "\" is not among the assignments"};
  if (form.has("state")) {
    auto state = form.text("state");
    if (!state) wrong_type("state", given["state"], "string");
    if (*state != "active" && *state != "completed" && *state != "failed")
      throw refusal{400, "state: \"" + *state + "\" is not one of the allowed values: active, completed, failed"};
    run["state"] = *state;
    if (*state != "active" && run["completed"].is_null()) run["completed"] = now;
  }
}

json run_object(const document& x) {
  auto out = contents(x);
  out.erase("request_id");
  out.erase(observation_gone);
  auto mark = [](json& parts, const char* object) {
    if (!parts.is_object()) return;
    for (auto& one : parts)
      if (one.is_object()) one["object"] = object;
  };
  out["object"] = "training_run";
  out["id"] = x.key;
  out["client"] = "1";
  out["user"] = "1";
  out["created"] = seconds(x.created);
  out["updated"] = seconds(x.updated);
  out["finished"] = out["state"] != "active";
  mark(out["values"], "metric_evaluation");
  for (auto& [name, value] : out["values"].items()) value["name"] = name;
  mark(out["logs"], "log");
  mark(out["datasets"], "dataset");
  mark(out["assignments_meta"], "assignments_meta");
  mark(out["assignments_sources"], "assignments_sources");
  for (auto [key, name] : {std::pair{"source_code", "content"}, {"source_code", "hash"}, {"model", "type"}}) {
    out[key]["object"] = key;
    if (!out[key].contains(name)) out[key][name] = nullptr;
  }
  return out;
}

run_index::entry index_entry(const document& x) {
  const auto run = run_object(x);
  run_index::entry out;
  if (run["experiment"].is_string()) out.experiment = std::stoull(run["experiment"].get<std::string>());
  out.project = run.value("project", "");
  out.finished = run["finished"] == true;
  out.deleted = run.value("deleted", false);
  for (std::size_t i = 0; i < out.values.size(); ++i)
    out.values[i] = column_of(run, std::string(run_index::columns[i]));
  const run_index::number nothing;
  auto add = [&](std::string field, const nlohmann::json& value) {
    auto known = nothing;
    // As column_of has them.
    if (value.is_number_integer())
      known = value.get<std::int64_t>();
    else if (value.is_number())
      known = value.get<double>();
    out.others.emplace_back(std::move(field), known);
  };
  for (const auto* part : {"assignments", "metadata"})
    if (run[part].is_object())
      for (const auto& [name, value] : run[part].items()) add(part + ("." + name), value);
  for (const auto& [name, log] : run["logs"].items()) out.others.emplace_back("logs." + name + ".content", nothing);
  for (const auto& [name, value] : run["values"].items()) {
    add("values." + name + ".value", value.value("value", nlohmann::json()));
    if (value.contains("value_stddev") && !value["value_stddev"].is_null())
      add("values." + name + ".value_stddev", value["value_stddev"]);
  }
  if (!run["source_code"]["content"].is_null()) out.others.emplace_back("source_code.content", nothing);
  return out;
}

}  // namespace vilfredo::api
