#include "io/api/openapi.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "io/api/routes.hpp"
#include "io/api/schemas.hpp"

using namespace vilfredo;
using nlohmann::json;

namespace {

/// Every value of this key, wherever it stands.
void find_all(const json& in, const std::string& key, std::vector<json>& out) {
  if (in.is_object())
    for (const auto& [name, value] : in.items()) {
      if (name == key) out.push_back(value);
      find_all(value, key, out);
    }
  if (in.is_array())
    for (const auto& value : in) find_all(value, key, out);
}

std::set<std::string> of_routes() {
  std::set<std::string> out;
  for (const auto& r : api::all_routes()) out.insert(r.method + " " + r.pattern);
  return out;
}

}  // namespace

TEST_CASE("each route is described once, and nothing else is") {
  std::set<std::string> described;
  for (const auto& x : api::operations()) CHECK(described.insert(std::string(x.method) + " " + x.pattern).second);
  for (const auto& r : of_routes()) CHECK_MESSAGE(described.contains(r), r, " is not described");
  for (const auto& x : described) CHECK_MESSAGE(of_routes().contains(x), x, " is no route");
}

TEST_CASE("the document has each route's method at its path, with its places") {
  auto all = api::openapi_document(api::all_routes());
  CHECK(all["openapi"] == "3.1.0");
  std::size_t operations = 0;
  for (const auto& [path, methods] : all["paths"].items())
    for (const auto& [method, what] : methods.items()) {
      ++operations;
      CAPTURE(path);
      CHECK(!what["summary"].get<std::string>().empty());
      std::set<std::string> places;
      for (const auto& p : what.value("parameters", json::array()))
        if (p.value("in", "") == "path") CHECK(places.insert(p["name"].get<std::string>()).second);
      CHECK(static_cast<std::size_t>(std::ranges::count(path, '{')) == places.size());
      for (const auto& p : places) CHECK(path.find("{" + p + "}") != std::string::npos);
    }
  CHECK(operations == of_routes().size() + 2);  // those beside /v1
  for (const char* path : {"/health", "/metrics"}) CHECK(all["paths"][path]["get"]["servers"][0]["url"] == "/");
  CHECK(all["paths"]["/health"]["get"]["security"].empty());
  CHECK(all["paths"]["/training_runs/{training_run}"].contains("x-merge"));
  CHECK(all["paths"]["/experiments/{experiment}/suggestions/{suggestion}"]["get"]["responses"]["200"]["content"]
           ["application/json"]["schema"]["$ref"] == "#/components/schemas/suggestion");
}

TEST_CASE("forms say how long texts and lists and how large numbers may be") {
  const auto& experiment = api::schemas()["experiment_form"]["properties"];
  CHECK(experiment["name"] == json{{"type", "string"}, {"minLength", 1}, {"maxLength", 100}});
  CHECK(experiment["parameters"]["minItems"] == 1);
  CHECK(!experiment["parameters"].contains("maxItems"));
  CHECK(experiment["observation_budget"]["anyOf"][0] == json{{"type", "integer"}, {"minimum", 1}});
  CHECK(experiment["metrics"]["anyOf"][0]["items"]["$ref"] == "#/components/schemas/metric_given");
  CHECK(api::schemas()["metric_given"]["anyOf"].size() == 2);
  CHECK(api::schemas()["suggestion_form"]["properties"]["wait"]["maximum"] == 120);
}

TEST_CASE("no two operations have the same name") {
  std::vector<json> ids;
  find_all(api::openapi_document(api::all_routes()), "operationId", ids);
  std::set<json> different(ids.begin(), ids.end());
  CHECK(different.size() == ids.size());
}

TEST_CASE("whatever is referred to is there, and every schema is used") {
  auto all = api::openapi_document(api::all_routes());
  std::vector<json> found;
  find_all(all, "$ref", found);
  CHECK(found.size() > 100);
  std::set<std::string> used;
  for (const auto& x : found) {
    auto place = x.get<std::string>();
    CAPTURE(place);
    REQUIRE(place.starts_with("#/"));
    CHECK(all.contains(json::json_pointer(place.substr(1))));
    used.insert(place.substr(place.rfind('/') + 1));
  }
  for (const auto& [name, schema] : api::schemas().items()) CHECK_MESSAGE(used.contains(name), name, " is not used");
}
