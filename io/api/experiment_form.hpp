#pragma once
#include <nlohmann/json.hpp>

#include "core/commands.hpp"
#include "core/definition.hpp"

namespace vilfredo::api {

/// Whether the experiment takes suggestions and observations, or runs.
enum class experiment_kind { core, ai };

/// The definition that a request describes, in the words of SigOpt and of job files, which are mostly the same. Throws
/// a refusal of 400. The budget is advice, as SigOpt's is, unless `strict_budget` is true.
definition read_experiment(const nlohmann::json& body, experiment_kind kind);

/// What an update changes of `now`. Throws a refusal for what cannot change, or not to this.
edit_experiment read_update(const nlohmann::json& body, const definition& now);

}  // namespace vilfredo::api
