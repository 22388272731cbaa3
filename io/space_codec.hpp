#pragma once
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/space.hpp"
#include "io/json_reader.hpp"

namespace vilfredo::io {

/// Writes `parameters`, `conditionals` and `linear_constraints` into a definition's object.
void write_space(nlohmann::json& job, const space_definition& x);
space_definition read_space(const json_reader& job);

/// `{"lr": 0.1, "layers": 3}`; read back in order of name.
nlohmann::json to_json(const std::vector<named_value>& x);
std::vector<named_value> read_named_values(const json_reader& x);

/// A double as JSON: without a fraction where it is whole, so that people read 4 and not 4.0.
nlohmann::json number_json(double x);

}  // namespace vilfredo::io
