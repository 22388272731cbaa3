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

/// The same of a run in the index, for the fields that all runs have there; those of others are nothing.
symbol value_of(const run_index::row& run, std::string_view field);

/// A field of runs as the index has it. Of what programs made up, values and assignments mostly, it has the numbers,
/// and which runs have none; texts and the like stand in the run alone.
class indexed_field {
public:
  indexed_field(std::string name, const run_index& of);
  /// What column_of says of the run; nothing where the run must be read for it.
  std::optional<symbol> of(const run_index::row& run) const;

private:
  std::string name_;
  bool own_;                            // of all runs
  std::optional<std::uint32_t> place_;  // among the others
};

/// Whether runs pass all conditions, as far as the index can tell.
class indexed_filter {
public:
  indexed_filter(std::vector<run_condition> all, const run_index& of);
  /// Nothing where the run must be read to know.
  std::optional<bool> passes(const run_index::row& run) const;

private:
  std::vector<std::pair<run_condition, indexed_field>> all_;
};

}  // namespace vilfredo::api
