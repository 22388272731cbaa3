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
  for (const auto& [metric, value] : x.target) out["target"][metric] = number_json(value);
  return out;
}

stop_rules read_stop_rules(const json_reader& x) {
  x.object({keys::stop_when, keys::stop_when_strangers});
  stop_rules out;
  if (auto v = x.find("seconds")) out.seconds = v->number();
  if (auto v = x.find("failed")) out.failed = v->whole<std::uint64_t>();
  if (auto v = x.find("stagnation")) out.stagnation = v->whole<std::uint64_t>();
  if (auto v = x.find("target"))
    v->entries([&](const std::string& metric, const json_reader& level) { out.target[metric] = level.number(); });
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
