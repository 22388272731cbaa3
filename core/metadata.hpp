#pragma once
#include <map>
#include <memory>
#include <string>
#include <variant>

namespace vilfredo {

/// What a user keeps with a thing, for himself: no sampler looks at it.
using metadata_map = std::map<std::string, std::variant<std::string, double>>;
/// The same where most things have none: null when nothing was ever given.
using metadata = std::shared_ptr<const metadata_map>;

}  // namespace vilfredo
