#pragma once
#include <nlohmann/json.hpp>

namespace vilfredo::api {

/// What requests and answers look like: the schemas of the OpenAPI document by name, in JSON Schema 2020-12. Names of
/// what is sent end in `_form`.
const nlohmann::json& schemas();

}  // namespace vilfredo::api
