#include "io/api/run_filter.hpp"

#include <doctest/doctest.h>

#include "io/api/refusal.hpp"
#include "io/api/run_form.hpp"

using namespace vilfredo;
using namespace vilfredo::api;
using nlohmann::json;

namespace {

std::vector<run_condition> filters(const std::string& one) {
  http::request r;
  r.query = {{"filters", "[" + one + "]"}};
  return read_filters(r);
}
int status(const std::string& one) {
  try {
    filters(one);
  } catch (const refusal& why) {
    return why.status;
  }
  return 200;
}
json run_with(const json& more) {
  auto out = fresh_run("a run", "loans");
  out.update(more);
  return out;
}

}  // namespace

TEST_CASE("what is null is asked for without a value") {
  auto none = filters(R"({"field": "model.type", "operator": "isnull"})");
  CHECK(passes(none, run_with(json::object())));
  CHECK_FALSE(passes(none, run_with({{"model", {{"type", "trees"}}}})));
  auto some = filters(R"({"field": "model.type", "operator": "isnull", "value": false})");
  CHECK_FALSE(passes(some, run_with(json::object())));
  CHECK(passes(some, run_with({{"model", {{"type", "trees"}}}})));
  CHECK(status(R"({"field": "model.type", "operator": "isnull", "value": 3})") == 400);
}

TEST_CASE("a state is one that there is, and has no order") {
  auto failed = filters(R"({"field": "state", "operator": "==", "value": "failed"})");
  CHECK(passes(failed, run_with({{"state", "failed"}})));
  CHECK_FALSE(passes(failed, run_with({{"state", "active"}})));
  CHECK(status(R"({"field": "state", "operator": "==", "value": "asleep"})") == 400);
  CHECK(status(R"({"field": "state", "operator": "<", "value": "failed"})") == 400);
  CHECK(status(R"({"field": "state", "operator": "isnull"})") == 400);
}
