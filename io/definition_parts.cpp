#include "io/definition_parts.hpp"

#include "io/definition_keys.hpp"
#include "io/space_codec.hpp"

namespace vilfredo::io {

using nlohmann::json;

json to_json(const stop_rules& x) {
  json out = json::object();
  if (x.seconds) out["seconds"] = number_json(*x.seconds);
  if (x.failed) out["failed"] = *x.failed;
  if (x.stagnation) out["stagnation"] = *x.stagnation;
  if (x.improbable)
    out["stagnation"] = {{"observations", x.improbable->observations},
                         {"probability", number_json(x.improbable->probability)}};
  for (const auto& [metric, value] : x.target) out["target"][metric] = number_json(value);
  if (x.steps) out["steps"] = number_json(*x.steps);
  for (const auto& [metric, total] : x.cost) out["cost"][metric] = number_json(total);
  return out;
}

namespace {
improbable_improvement read_improbable(const json_reader& x) {
  x.object({keys::stagnation, {}});
  improbable_improvement out;
  out.observations = x.need("observations", "say how many further observations are looked at").whole<std::uint64_t>();
  out.probability = x.need("probability", "say below which probability of an improvement it ends").number();
  return out;
}
}  // namespace

stop_rules read_stop_rules(const json_reader& x) {
  x.object({keys::stop_when, keys::stop_when_strangers});
  stop_rules out;
  if (auto v = x.find("seconds")) out.seconds = v->number();
  if (auto v = x.find("failed")) out.failed = v->whole<std::uint64_t>();
  if (auto v = x.find("stagnation")) {
    if (v->value().is_object())
      out.improbable = read_improbable(*v);
    else
      out.stagnation = v->whole<std::uint64_t>();
  }
  if (auto v = x.find("target"))
    v->entries([&](const std::string& metric, const json_reader& level) { out.target[metric] = level.number(); });
  if (auto v = x.find("steps")) out.steps = v->number();
  if (auto v = x.find("cost"))
    v->entries([&](const std::string& metric, const json_reader& total) { out.cost[metric] = total.number(); });
  return out;
}

json to_json(const metadata_map& x) {
  json out = json::object();
  for (const auto& [key, value] : x) {
    if (auto* number = std::get_if<double>(&value))
      out[key] = number_json(*number);
    else
      out[key] = std::get<std::string>(value);
  }
  return out;
}

metadata_map read_metadata(const json_reader& x) {
  metadata_map out;
  x.entries([&](const std::string& key, const json_reader& v) {
    if (v.value().is_null()) return;  // as SigOpt: null stores nothing
    if (v.value().is_string())
      out[key] = v.text();
    else if (v.value().is_number())
      out[key] = v.number();
    else
      v.expected("a text in quotes or a number");
  });
  return out;
}

}  // namespace vilfredo::io
