#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "io/api/call.hpp"
#include "io/api/router.hpp"

/// How far a token goes that is of one project.
namespace vilfredo::api {

/// Where what a route is about says its project.
enum class reach {
  experiment,  ///< the experiment in the path
  run,         ///< the run in the path
  file,        ///< the run of the file in the path
  project,     ///< the project in the path
  filtered,    ///< the route itself leaves out what is of other projects, or concerns none
  outside      ///< what belongs to all projects
};
/// Of a route that is not listed: outside.
reach reach_of(const route& r);

/// For callers of one project alone: 404 for what is of another, 403 for what belongs to all.
task<nlohmann::json> check_reach(call& c, const route& r);
/// 403 for what is of another project than the caller's only one, or of all.
[[noreturn]] void beyond_project(const std::string& own);
/// The project that something new is of: the caller's own where none is said. 403 for another.
std::string own_project(const token_record& who, const std::string& wanted);

}  // namespace vilfredo::api
