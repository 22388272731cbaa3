#include "io/api/router.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "io/api/routes.hpp"

using namespace vilfredo::api;

TEST_CASE("a path finds its route and what stands in its places") {
  router all(all_routes());
  auto found = all.find("GET", "/v1/experiments/17/observations/55");
  REQUIRE(found.found);
  CHECK(found.found->pattern == "/experiments/:id/observations/:id");
  CHECK(found.places == std::vector<std::string>{"17", "55"});
  CHECK(all.find("POST", "/v1/experiments/17/observations/batch").found->pattern ==
        "/experiments/:id/observations/batch");
  CHECK(all.find("GET", "/v1/tokens/self").places == std::vector<std::string>{"self"});
  CHECK(all.find("GET", "/v1/clients/1/projects/my.project-1").places == std::vector<std::string>{"1", "my.project-1"});
}

TEST_CASE("what is not there has no methods, what is there names its own") {
  router all(all_routes());
  for (const char* path : {"/", "/v1", "/v1/nonsense", "/v2/experiments", "/experiments", "/v1/experiments/x17",
                           "/v1/experiments/-1", "/v1/experiments//suggestions"}) {
    CAPTURE(path);
    CHECK(all.find("GET", path).methods.empty());
  }
  auto wrong = all.find("PATCH", "/v1/experiments/1");
  CHECK_FALSE(wrong.found);
  CHECK(wrong.methods.size() == 3);
}

TEST_CASE("each route has a summary and stands once") {
  auto all = all_routes();
  CHECK(all.size() > 60);
  for (const auto& r : all) {
    CHECK_FALSE(r.summary.empty());
    auto same = [&](const route& x) { return x.method == r.method && x.pattern == r.pattern; };
    CHECK(std::ranges::count_if(all, same) == 1);
  }
}
