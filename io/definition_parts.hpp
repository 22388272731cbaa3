#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/definition.hpp"
#include "io/json_reader.hpp"

/// The parts of a definition that may change while an experiment runs: facts carry them on their own, too.
namespace vilfredo::io {

nlohmann::json to_json(const stop_rules& x);
stop_rules read_stop_rules(const json_reader& x);

nlohmann::json to_json(const metadata_map& x);
metadata_map read_metadata(const json_reader& x);

}  // namespace vilfredo::io
