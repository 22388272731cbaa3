#include "io/remote/questions.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace vilfredo;
using nlohmann::json;

namespace {
http::question asked(command what, std::string id = "id") {
  auto out = remote::command_question({17}, {std::move(id), std::move(what)});
  REQUIRE(out);
  return *std::move(out);
}
const std::string* header(const http::question& of, const std::string& name) {
  for (const auto& [n, value] : of.headers)
    if (n == name) return &value;
  return nullptr;
}
}  // namespace

TEST_CASE("an ask waits at the daemon as long as its patience, and here somewhat longer") {
  auto q = asked(ask{"w", duration{30'000}, duration{60'000}});
  CHECK(q.target == "/v1/experiments/17/suggestions");
  CHECK(json::parse(q.body) == json{{"worker", "w"}, {"wait", 30.0}, {"lease", 60.0}});
  CHECK(*header(q, "Idempotency-Key") == "id");
  CHECK(*q.answer_time > duration{30'000});
}

TEST_CASE("a withdrawal names the other request and has no id of its own") {
  auto q = asked(withdraw{"other"});
  CHECK(json::parse(q.body) == json{{"request_id", "other"}});
  CHECK(header(q, "Idempotency-Key") == nullptr);
}

TEST_CASE("values that are not finite are null, and what programs say is cut and made JSON") {
  auto q = asked(report{{3}, 2, 1.5, {{"a", std::nan(""), {}}, {"b", 0.1, 0.2}}});
  CHECK(q.target == "/v1/experiments/17/suggestions/3/reports");
  CHECK(
      json::parse(q.body) ==
      json{{"attempt", 2},
           {"step", 1.5},
           {"values", {{{"name", "a"}, {"value", nullptr}}, {{"name", "b"}, {"value", 0.1}, {"value_stddev", 0.2}}}}});
  auto failed = json::parse(asked(fail{{3}, 1, "\xff" + std::string(5000, 'x')}).body)["failed"].get<std::string>();
  CHECK(failed.starts_with("\xEF\xBF\xBDxxx"));
  CHECK(failed.size() < 2010);
}

TEST_CASE("edits say what changes and nothing else") {
  edit_experiment edit;
  edit.observation_budget.emplace(60);
  edit.thresholds = {{"a", 0.5}, {"b", std::nullopt}};
  auto q = asked(edit);
  CHECK(q.method == "PUT");
  CHECK(json::parse(q.body) == json{{"observation_budget", 60}, {"thresholds", {{"a", 0.5}, {"b", nullptr}}}});
  edit.observation_budget.emplace(std::nullopt);
  CHECK(remote::command_question({17}, {"", edit}).error().code == errc::invalid);
}

TEST_CASE("what no client sends is refused") {
  CHECK(remote::command_question({17}, {"", delete_trial{{1}}}).error().code == errc::internal);
}
