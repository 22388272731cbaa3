#pragma once
#include <functional>
#include <string>
#include <vector>

#include "io/api/call.hpp"

/// Changes of training runs, which several clients may make at once.
namespace vilfredo::api {

/// Changes a run, and other documents with it, as often as it takes until nobody else has changed it meanwhile. Answers
/// the run, then the others.
task<std::vector<document>> amend(call& c, std::string key, std::function<void(nlohmann::json&)> edit,
                                  std::vector<document_change> besides);
task<document> amend(call& c, std::string key, std::function<void(nlohmann::json&)> edit);

/// The number that a field of a run names: of its experiment, suggestion or observation.
std::uint64_t number_in(const nlohmann::json& field);

}  // namespace vilfredo::api
