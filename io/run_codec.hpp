#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/definition.hpp"
#include "io/json_reader.hpp"

namespace vilfredo::io {

/// How a trial is run, the `run` of a job file.
nlohmann::json to_json(const run_definition& x);
run_definition read_run(const json_reader& x);

}  // namespace vilfredo::io
