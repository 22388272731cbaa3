#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "io/api/marker.hpp"
#include "io/api/run_index.hpp"
#include "io/http/message.hpp"

/// Which runs a list shows: `filters=[{"field":…,"operator":…,"value":…}, …]`, all of which must hold.
namespace vilfredo::api {

struct run_condition {
  std::string field, comparison;
  nlohmann::json value;
};

/// Throws a refusal of 400 for fields, operators and types that do not go together.
std::vector<run_condition> read_filters(const http::request& from);
bool passes(const std::vector<run_condition>& all, const nlohmann::json& run);
/// The experiment, when the filters ask for one.
std::optional<std::uint64_t> experiment_wanted(const std::vector<run_condition>& all);
/// What a run is sorted by; throws for a field that there is not.
symbol column_of(const nlohmann::json& run, const std::string& field);

/// The same of a run in the index, for the fields that it holds; those of others are nothing.
bool is_indexed(std::string_view field);
symbol value_of(const run_index::row& run, std::string_view field);
/// Whether those of the conditions hold that the index can tell.
bool may_pass(const std::vector<run_condition>& all, const run_index::row& run);

}  // namespace vilfredo::api
