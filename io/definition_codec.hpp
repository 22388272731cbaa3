#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/definition.hpp"
#include "core/error.hpp"

namespace vilfredo::io {

/// A definition as JSON and back, in the one schema of job files, API and journal. `read_definition(to_json(x))` equals
/// x, but for the order of what JSON keeps in objects: conditions and initial assignments come back in order of name.
///
/// Reading checks shape and types and refuses unknown keys with a "did you mean"; every refusal names the place
/// (`parameters[2].bounds.min: …`). It ends with `validate`, so what it returns makes sense.
nlohmann::json to_json(const definition& x);
result<definition> read_definition(const nlohmann::json& x);

}  // namespace vilfredo::io
