#include "io/api/reach.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "io/api/access.hpp"
#include "io/api/routes.hpp"

using namespace vilfredo;
using namespace vilfredo::api;

namespace {

const token_record everywhere{};
token_record of_project(const char* name) {
  token_record out;
  out.project = name;
  return out;
}

reach reach_at(const char* method, const char* pattern) { return reach_of({method, pattern, nullptr, {}}); }

int status_of(const token_record& who, const std::string& wanted) {
  try {
    own_project(who, wanted);
  } catch (const refusal& why) {
    return why.status;
  }
  return 200;
}

}  // namespace

TEST_CASE("only what belongs to all projects is beyond a token of one") {
  std::set<std::string> outside;
  for (const auto& r : all_routes())
    if (reach_of(r) == reach::outside) outside.insert(r.method + " " + r.pattern);
  CHECK(outside == std::set<std::string>{"POST /clients/:id/projects", "POST /clients/:id/tags"});
  CHECK(reach_at("GET", "/something/new") == reach::outside);
}

TEST_CASE("a path says where its project is written") {
  CHECK(reach_at("GET", "/experiments/:id") == reach::experiment);
  CHECK(reach_at("GET", "/experiments/:id/something/new") == reach::experiment);
  CHECK(reach_at("PUT", "/aiexperiments/:id") == reach::experiment);
  CHECK(reach_at("POST", "/training_runs/:id/checkpoints") == reach::run);
  CHECK(reach_at("GET", "/files/:id/content") == reach::file);
  CHECK(reach_at("GET", "/clients/:id/projects/:name/notes") == reach::project);
  CHECK(reach_at("GET", "/experiments") == reach::filtered);
  CHECK(reach_at("GET", "/experiments/:identity") == reach::outside);
}

TEST_CASE("what is new is of the caller's project") {
  CHECK(own_project(everywhere, "").empty());
  CHECK(own_project(everywhere, "loans") == "loans");
  CHECK(own_project(of_project("loans"), "") == "loans");
  CHECK(own_project(of_project("loans"), "loans") == "loans");
  CHECK(status_of(of_project("loans"), "others") == 403);
}
