#pragma once
#include <vector>

#include "io/api/router.hpp"

/// The routes of each resource; each in a file of its own.
namespace vilfredo::api {

std::vector<route> experiment_routes();
std::vector<route> suggestion_routes();
std::vector<route> observation_routes();
std::vector<route> result_routes();
std::vector<route> report_routes();
std::vector<route> event_routes();
std::vector<route> identity_routes();
std::vector<route> openapi_routes();
std::vector<route> project_routes();
std::vector<route> run_routes();
std::vector<route> file_routes();
std::vector<route> checkpoint_routes();
std::vector<route> ai_experiment_routes();
std::vector<route> fact_routes();

/// All of them.
std::vector<route> all_routes();

}  // namespace vilfredo::api
