#include "io/api/run_fields.hpp"

#include "io/api/run_filter.hpp"

namespace vilfredo::api {

using nlohmann::json;

run_fields::run_fields()
    : known_{{"id", "ID", "id"},
             {"experiment", "Experiment", "id"},
             {"suggestion", "Suggestion", "id"},
             {"observation", "Observation", "id"},
             {"user", "Created By", "id"},
             {"created", "Created", "timestamp"},
             {"updated", "Updated", "timestamp"},
             {"completed", "Completed", "timestamp"},
             {"deleted", "Archived", "boolean"},
             {"name", "Name", "string"},
             {"favorite", "Favorite", "boolean"},
             {"source_code.content", "source_code.content", "string"},
             {"source_code.hash", "source_code.hash", "string"},
             {"model.type", "model.type", "string"}} {}

void run_fields::count(const json& run) {
  for (auto& one : known_) {
    auto column = column_of(run, one.key);
    // Who has not said that a run is a favorite has said nothing of it.
    const bool said = one.key == "favorite" ? column == symbol{true} : !std::holds_alternative<std::monostate>(column);
    if (said) ++one.runs;
  }
  for (const auto* part : {"assignments", "metadata"})
    if (run[part].is_object())
      for (const auto& [name, value] : run[part].items()) count_own(part + ("." + name), name, "unknown");
  for (const auto& [name, log] : run["logs"].items()) count_own("logs." + name + ".content", {}, "string");
  for (const auto& [name, value] : run["values"].items()) {
    count_own("values." + name + ".value", {}, "numeric");
    if (!value["value_stddev"].is_null()) count_own("values." + name + ".value_stddev", {}, "numeric");
  }
}

void run_fields::count_own(const std::string& key, const std::string& name, const std::string& type) {
  auto& one = own_.try_emplace(key, field{key, name.empty() ? key : name, type}).first->second;
  ++one.runs;
}

json run_fields::list() const {
  json out = json::array();
  auto add = [&out](const field& x) {
    out.push_back({{"object", "field"},
                   {"key", x.key},
                   {"name", x.name},
                   {"type", x.type},
                   {"sortable", true},
                   {"count", x.runs}});
  };
  for (const auto& x : known_) add(x);
  for (const auto& [key, x] : own_) add(x);
  return out;
}

}  // namespace vilfredo::api
