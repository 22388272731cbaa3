#include "io/definition_codec.hpp"

#include "io/definition_keys.hpp"
#include "io/definition_parts.hpp"
#include "io/run_codec.hpp"
#include "io/space_codec.hpp"

namespace vilfredo::io {

namespace {
using nlohmann::json;

json to_json(const metric& x) {
  json out{{"name", x.name}, {"objective", to_string(x.objective)}};
  if (x.strategy != strategy::optimize) out["strategy"] = to_string(x.strategy);
  if (x.threshold) out["threshold"] = number_json(*x.threshold);
  return out;
}

/// An object, or a name alone for a metric to maximize.
metric read_metric(const json_reader& x) {
  metric out;
  if (x.value().is_string()) {
    out.name = x.text();
    return out;
  }
  if (!x.value().is_object()) {
    x.expected("an object {…}, or a name in quotes for a metric to maximize");
    return out;
  }
  x.object({keys::metric, keys::metric_strangers});
  out.name = x.need("name", "give the metric a name").text();
  if (auto v = x.find("objective"))
    out.objective = v->one_of<objective>({{"maximize", objective::maximize}, {"minimize", objective::minimize}},
                                         keys::objective_strangers);
  if (auto v = x.find("strategy"))
    out.strategy = v->one_of<strategy>(
        {{"optimize", strategy::optimize}, {"constraint", strategy::constraint}, {"store", strategy::store}});
  if (auto v = x.find("threshold")) out.threshold = v->number();
  return out;
}

json to_json(const component& x) {
  if (x.options.empty()) return x.name;
  json out{{"name", x.name}};
  for (const auto& [key, value] : x.options) {
    if (auto* number = std::get_if<double>(&value))
      out[key] = number_json(*number);
    else
      std::visit([&, &key = key](const auto& v) { out[key] = v; }, value);
  }
  return out;
}

/// A name, or an object of a name and options. Which names and options there are is a catalogue's to say.
component read_component(const json_reader& x, const std::string& noun) {
  if (x.value().is_string()) return {x.text(), {}};
  if (!x.value().is_object()) {
    x.expected("\"auto\", another " + noun + "'s name, or {\"name\": …, OPTIONS}");
    return {};
  }
  // The word of others for it, and once ours.
  const std::string advice =
      x.find("policy") ? R"(write "name" instead of "policy")" : R"(add "name": "auto" or another )" + noun + "'s name";
  component out{x.need("name", advice).text(), {}};
  x.entries([&](const std::string& key, const json_reader& v) {
    if (key == "name") return;
    if (v.value().is_boolean())
      out.options[key] = v.boolean();
    else if (v.value().is_number())
      out.options[key] = v.number();
    else if (v.value().is_string())
      out.options[key] = v.text();
    else
      v.expected("a number, true, false or a text in quotes");
  });
  return out;
}

json to_json(const stopping_rules& x) {
  json out = json::array();
  for (const auto& group : x) {
    if (group.size() == 1) {
      out.push_back(to_json(group[0]));
      continue;
    }
    json all = json::array();
    for (const auto& rule : group) all.push_back(to_json(rule));
    out.push_back({{"all", std::move(all)}});
  }
  return out;
}

/// true, a rule, or a list of rules any of which stops a trial; {"all": […]} is one that stops when all of these would.
stopping_rules read_stopping_rules(const json_reader& x) {
  stopping_rules out;
  if (x.value().is_boolean()) {
    if (x.boolean()) out.push_back({{"auto", {}}});
    return out;
  }
  auto group = [&](const json_reader& g) {
    auto all = g.value().is_object() ? g.find("all") : std::nullopt;
    auto& rules = out.emplace_back();
    if (!all) {
      rules.push_back(read_component(g, "rule"));
      return;
    }
    g.object({keys::stopping_group, {}});
    all->elements([&](const json_reader& rule) { rules.push_back(read_component(rule, "rule")); });
  };
  if (x.value().is_array())
    x.elements(group);
  else
    group(x);
  return out;
}
}  // namespace

json to_json(const definition& x) {
  const definition usual;
  json out{{"name", x.name}, {"metrics", json::array()}, {"type", to_string(x.type)}};
  write_space(out, x.space);
  for (const auto& m : x.metrics) out["metrics"].push_back(to_json(m));
  if (x.observation_budget) out["observation_budget"] = *x.observation_budget;
  out["parallel_bandwidth"] = x.parallel_bandwidth;
  if (x.num_solutions != usual.num_solutions) out["num_solutions"] = x.num_solutions;
  for (const auto& t : x.tasks) out["tasks"].push_back({{"name", t.name}, {"cost", number_json(t.cost)}});
  if (x.sampler != usual.sampler) out["sampler"] = to_json(x.sampler);
  if (!x.early_stopping.empty()) out["early_stopping"] = to_json(x.early_stopping);
  if (x.stop_when != usual.stop_when) out["stop_when"] = to_json(x.stop_when);
  out["seed"] = x.seed;
  for (const auto& point : x.initial) out["initial"].push_back(to_json(point));
  if (x.run) out["run"] = to_json(*x.run);
  if (!x.metadata.empty()) out["metadata"] = to_json(x.metadata);
  if (!x.strict_budget) out["strict_budget"] = false;
  if (!x.labels.empty()) out["labels"] = x.labels;
  return out;
}

result<definition> read_definition(const json& x) {
  std::optional<std::string> complaint;
  json_reader job(x, complaint);
  job.object({keys::job, keys::job_strangers});
  if (auto v = job.find("$schema")) v->text();  // for editors
  definition out;
  out.name = job.need("name", "give the experiment a name").text();
  out.space = read_space(job);
  job.need("metrics", R"(add "metrics": [{"name": …, "objective": "maximize"}])").elements([&](const json_reader& m) {
    out.metrics.push_back(read_metric(m));
  });
  if (auto v = job.find("observation_budget")) out.observation_budget = v->whole<std::uint64_t>();
  if (auto v = job.find("parallel_bandwidth")) out.parallel_bandwidth = v->whole<std::uint32_t>();
  if (auto v = job.find("num_solutions")) out.num_solutions = v->whole<std::uint32_t>();
  if (auto v = job.find("tasks"))
    v->elements([&](const json_reader& t) {
      t.object({keys::task, {}});
      auto name = t.need("name", "give the task a name").text();
      out.tasks.push_back({std::move(name), t.need("cost", "say what it costs, as a share of a full trial").number()});
    });
  if (auto v = job.find("type"))
    out.type = v->one_of<experiment_type>(
        {{"offline", experiment_type::offline}, {"random", experiment_type::random}, {"grid", experiment_type::grid}});
  if (auto v = job.find("sampler")) out.sampler = read_component(*v, "sampler");
  if (auto v = job.find("early_stopping")) out.early_stopping = read_stopping_rules(*v);
  if (auto v = job.find("stop_when")) out.stop_when = read_stop_rules(*v);
  if (auto v = job.find("seed")) out.seed = v->whole<std::uint64_t>();
  if (auto v = job.find("initial"))
    v->elements([&](const json_reader& point) { out.initial.push_back(read_named_values(point)); });
  if (auto v = job.find("run")) out.run = read_run(*v);
  if (auto v = job.find("metadata")) out.metadata = read_metadata(*v);
  if (auto v = job.find("strict_budget")) out.strict_budget = v->boolean();
  if (auto v = job.find("labels"))
    v->entries([&](const std::string& name, const json_reader& label) { out.labels[name] = label.text(); });
  if (complaint) return error{errc::invalid, *std::move(complaint)};
  if (auto sound = validate(out); !sound) return sound.error();
  return out;
}

}  // namespace vilfredo::io
