#include "io/run_codec.hpp"

#include "io/definition_keys.hpp"
#include "io/space_codec.hpp"

namespace vilfredo::io {

using nlohmann::json;

namespace {
resources read_resources(const json_reader& x) {
  x.object({keys::resources, keys::resources_strangers});
  resources out;
  if (auto v = x.find("cpus")) out.cpus = v->whole<std::uint32_t>();
  if (auto v = x.find("gpus")) out.gpus = v->whole<std::uint32_t>();
  if (auto v = x.find("memory_mb")) out.memory_mb = v->whole<std::uint64_t>();
  return out;
}
}  // namespace

json to_json(const run_definition& x) {
  const run_definition usual;
  json out{{"command", x.command}};
  if (!x.directory.empty()) out["directory"] = x.directory;
  if (!x.environment.empty()) out["environment"] = x.environment;
  if (x.timeout_seconds != usual.timeout_seconds) out["timeout_seconds"] = number_json(x.timeout_seconds);
  if (x.grace_seconds != usual.grace_seconds) out["grace_seconds"] = number_json(x.grace_seconds);
  if (x.retries != usual.retries) out["retries"] = x.retries;
  if (x.resources != usual.resources)
    out["resources"] = {{"cpus", x.resources.cpus}, {"gpus", x.resources.gpus}, {"memory_mb", x.resources.memory_mb}};
  return out;
}

run_definition read_run(const json_reader& x) {
  x.object({keys::run, keys::run_strangers});
  run_definition out;
  x.need("command", R"(add "command": ["PROGRAM", "ARGUMENT", …])")
      .elements([&](const json_reader& v) { out.command.push_back(v.text("every argument is a text")); },
                R"(write ["PROGRAM", "ARGUMENT", …], for no shell takes it apart)");
  if (auto v = x.find("directory")) out.directory = v->text();
  if (auto v = x.find("environment"))
    v->entries([&](const std::string& name, const json_reader& value) {
      out.environment[name] = value.text("variables hold text");
    });
  if (auto v = x.find("timeout_seconds")) out.timeout_seconds = v->number();
  if (auto v = x.find("grace_seconds")) out.grace_seconds = v->number();
  if (auto v = x.find("retries")) out.retries = v->whole<std::uint32_t>();
  if (auto v = x.find("resources")) out.resources = read_resources(*v);
  return out;
}

}  // namespace vilfredo::io
