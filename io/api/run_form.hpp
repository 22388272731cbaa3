#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "core/ports.hpp"
#include "io/api/run_index.hpp"

/// A training run is a document: what a program tells of itself while it runs, in SigOpt's loose shape.
namespace vilfredo::api {

nlohmann::json fresh_run(const std::string& name, const std::string& project);

/// How a request changes a run.
enum class run_change {
  create,   ///< a new run's fields
  merge,    ///< objects recursively, scalars replace, null removes
  replace,  ///< a given object replaces the whole old one
};
/// Checks the request's fields and applies them. Throws a refusal of 400.
void apply_run(nlohmann::json& run, const nlohmann::json& given, run_change how, std::int64_t now);

nlohmann::json run_object(const document& x);
run_index::entry index_entry(const document& x);

}  // namespace vilfredo::api
