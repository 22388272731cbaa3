#pragma once
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/commands.hpp"
#include "core/definition.hpp"
#include "core/observation.hpp"
#include "io/api/body.hpp"

namespace vilfredo::api {

std::vector<named_value> read_assignments(const nlohmann::json& x);
/// The name of a task, written as text or as the task's object; empty: none was given.
std::string read_task(const body& form);
/// One item a metric, a stored one, too. `key` names the list in refusals.
std::vector<measurement> read_values(const nlohmann::json& x, const definition& d, std::string_view key = "values");

/// Whether a task where there are none is passed over or refused: SigOpt does the one for single observations and the
/// other for batches.
enum class task_rule { refuse_nothing, refuse_stray };
observe read_observation(const nlohmann::json& given, const definition& d, task_rule rule);

/// `shown`: the observation as the API shows it.
edit_observation read_observation_update(const nlohmann::json& given, const definition& d, const observation& now,
                                         const nlohmann::json& shown);

}  // namespace vilfredo::api
