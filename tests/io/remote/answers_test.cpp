#include "io/remote/answers.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace vilfredo;

namespace {

const std::string whom = "http://d";

outcome answered(const command& what, int status, const std::string& body, const remote::subject& about = {}) {
  return remote::read_answer(what, {status, {}, body}, whom, about);
}
error refused(int status, const std::string& body) {
  auto got = answered(vilfredo::pause{}, status, body);
  REQUIRE_FALSE(got);
  return got.error();
}

}  // namespace

TEST_CASE("a refusal is of the kind that it names, or that its status says") {
  CHECK(refused(422, R"({"message": "spent", "code": "exhausted"})") == error{errc::exhausted, "spent"});
  CHECK(refused(422, R"({"message": "used", "code": "reused"})") == error{errc::reused, "used"});
  CHECK(refused(422, R"({"message": "wait", "code": "paused"})") == error{errc::paused, "wait"});
  CHECK(refused(503, R"({"message": "later", "code": "later"})") == error{errc::later, "later"});
  CHECK(refused(404, R"({"message": "none"})").code == errc::not_found);
  CHECK(refused(409, R"({"message": "taken"})").code == errc::conflict);
  CHECK(refused(408, R"({"message": "the request's body did not arrive within 60 s"})").code == errc::unavailable);
  CHECK(refused(429, R"({"message": "slower"})").code == errc::overloaded);
  CHECK(refused(500, R"({"message": "oh"})").code == errc::internal);
  CHECK(refused(503, R"({"message": "ending"})").code == errc::unavailable);
  CHECK(refused(400, R"({"message": "no"})") == error{errc::invalid, "http://d: no"});
  CHECK(refused(403, R"({"message": "expired", "token_status": "expired"})").message ==
        "http://d refuses the token: expired");
}

TEST_CASE("what is no answer of ours is an error that says so, and is tried again where that can help") {
  CHECK(refused(502, "<html>Bad Gateway</html>") ==
        error{errc::unavailable, "http://d cannot answer: its status is 502"});
  CHECK(refused(404, R"({"message": "Endpoint not found: /v1/x"})").message ==
        "http://d does not answer as a vilfredo of this version does: Endpoint not found: /v1/x");
  for (const char* body : {"", "[]", "{", "\xff"}) {
    auto got = answered(vilfredo::pause{}, 200, body);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unavailable);
  }
}

TEST_CASE("a suggestion is read by the experiment's own parameters, bit for bit") {
  auto d = std::make_shared<const definition>(test::simple_experiment());
  auto made = space::make(d->space);
  REQUIRE(made);
  remote::subject about{d, std::make_shared<const space>(*std::move(made))};
  auto got = answered(ask{"w", duration{0}, {}}, 200,
                      R"({"id": "3", "seed": "18446744073709551615", "attempt": 2, "origin": "stale",
                          "assignments": {"x": 0.30000000000000004}})",
                      about);
  REQUIRE(got);
  const auto& x = std::get<issued>(*got);
  CHECK(x.trial == trial_id{3});
  CHECK(x.attempt == 2);
  CHECK(x.seed == 18446744073709551615U);
  CHECK(x.from == origin::stale);
  CHECK(x.point.values == std::vector<double>{0.30000000000000004});
  for (const char* body : {R"({"seed": "1", "attempt": 1, "assignments": {"x": 0.3}})",
                           R"({"id": "1", "attempt": 1, "assignments": {"x": 0.3}})",
                           R"({"id": "1", "seed": "-1", "attempt": 1, "assignments": {"x": 0.3}})",
                           R"({"id": "1", "seed": "1", "attempt": 4294967296, "assignments": {"x": 0.3}})",
                           R"({"id": "1", "seed": "1", "attempt": 1, "assignments": []})",
                           R"({"id": "1", "seed": "1", "attempt": 1, "assignments": {"x": 7}})",
                           R"({"id": "1", "seed": "1", "attempt": 1, "assignments": {"z": 0.3}})"}) {
    CAPTURE(body);
    CHECK_FALSE(answered(ask{"w", duration{0}, {}}, 200, body, about));
  }
}

TEST_CASE("advice, results and returns are read") {
  auto told =
      std::get<advice>(*answered(report{{1}, 1, 0, {}}, 200, R"({"stop": true, "over": false, "reason": "r"})"));
  CHECK(told.stop);
  CHECK(told.reason == "r");
  CHECK_FALSE(answered(heartbeat{{1}, 1, duration{1}}, 200, R"({"stop": 1, "over": false})"));
  auto kept = std::get<recorded>(
      *answered(complete{{4}, 1, {}}, 200, R"({"observation": "9", "late": true, "counted": false})"));
  CHECK(kept.trial == trial_id{4});
  CHECK(kept.observation == observation_id{9});
  CHECK(kept.late);
  CHECK_FALSE(kept.counted);
  CHECK(std::get<given_back>(*answered(give_back{{4}, 1, return_cause::machine, ""}, 200, R"({"again": true})")).again);
}

TEST_CASE("pages of facts and of experiments are read, and what is odd in them is refused") {
  auto page = remote::read_facts(
      {200, {}, R"({"count": 5, "data": [{"sequence": 2, "at": 7, "fact": "{\"event\":\"experiment_paused\"}"}]})"},
      whom);
  REQUIRE(page);
  CHECK(page->count == 5);
  REQUIRE(page->facts.size() == 1);
  CHECK(page->facts[0].sequence == 2);
  CHECK(page->facts[0].at == time_point{duration{7}});
  auto newer = remote::read_facts(
      {200, {}, R"({"count": 5, "data": [{"sequence": 2, "at": 7, "fact": "{\"event\":\"trial_cloned\"}"}]})"}, whom);
  REQUIRE_FALSE(newer);
  CHECK(newer.error().message.find("a newer version may have written it") != std::string::npos);
  auto list = remote::read_list(
      {200, {}, R"({"data": [{"id": "3", "name": "a"}], "paging": {"before": null, "after": "m"}})"}, whom);
  REQUIRE(list);
  CHECK(list->entries[0].experiment == experiment_id{3});
  CHECK(list->after == "m");
  CHECK_FALSE(remote::read_list({200, {}, R"({"data": [3]})"}, whom));
  CHECK_FALSE(remote::read_facts({200, {}, R"({"count": 1, "data": [null]})"}, whom));
}
