#include "app/trials_sheet.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace vilfredo::app;
using nlohmann::ordered_json;

namespace {
bookkeeper kept() {
  auto d = experiment({categorical("kind", {"a", "b"}), when(real("x", 0, 1), "kind", {"b"})},
                      {maximize("good"), minimize("slow")});
  return bookkeeper(std::move(d));
}
ordered_json parsed(const sheet& x) { return ordered_json::parse(print(x, output_format::json, {})); }
}  // namespace

TEST_CASE("trials come with their state, values and active assignments, then observations without a trial") {
  auto keeper = kept();
  auto a = keeper.issue({0, absent});
  keeper.send(complete{a, 1, {{"good", 2, 0.5}, {"slow", 1, {}}}});
  auto b = keeper.issue({1, 0.5});
  keeper.send(fail{b, 1, "diverged"});
  keeper.issue({1, 0.75});
  keeper.send(observe{std::nullopt, {{"kind", std::string("a")}}, {{"good", 1, {}}, {"slow", 3, {}}}, ""});
  auto rows = parsed(trials_sheet(keeper.book(), {std::nullopt, true}));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0]["trial"] == 1);
  CHECK(rows[0]["state"] == "completed");
  CHECK(rows[0]["front"] == true);
  CHECK(rows[0]["metrics"].dump() == R"({"good":2.0,"slow":1.0})");
  CHECK(rows[0]["stddevs"].dump() == R"({"good":0.5})");
  CHECK(rows[0]["assignments"].dump() == R"({"kind":"a"})");
  CHECK(rows[1]["state"] == "failed");
  CHECK(rows[1]["reason"] == "diverged");
  CHECK(rows[1]["assignments"].dump() == R"({"kind":"b","x":0.5})");
  CHECK(rows[2]["state"] == "running");
  CHECK(rows[2]["metrics"].empty());
  CHECK(rows[2]["ended"].is_null());
  CHECK(rows[3]["trial"].is_null());
  CHECK(rows[3]["origin"] == "observed");
  CHECK(rows[3]["front"] == false);
}

TEST_CASE("trials can be chosen by state") {
  auto keeper = kept();
  keeper.send(fail{keeper.issue({1, 0.5}), 1, "diverged"});
  keeper.issue({1, 0.75});
  auto rows = parsed(trials_sheet(keeper.book(), {trial_state::failed, false}));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["trial"] == 1);
}

TEST_CASE("the front begins with the best by the first metric, and each metric has its best") {
  auto keeper = kept();
  keeper.send(complete{keeper.issue({0, absent}), 1, {{"good", 1, {}}, {"slow", 1, {}}}});
  keeper.send(complete{keeper.issue({1, 0.1}), 1, {{"good", 3, {}}, {"slow", 9, {}}}});
  keeper.send(complete{keeper.issue({1, 0.2}), 1, {{"good", 2, {}}, {"slow", 9.5, {}}}});
  auto front = parsed(front_sheet(keeper.book()));
  REQUIRE(front.size() == 2);
  CHECK(front[0]["trial"] == 2);
  CHECK(front[1]["trial"] == 1);
  auto best = parsed(best_sheet(keeper.book()));
  REQUIRE(best.size() == 2);
  CHECK(best[0]["best by"] == "good");
  CHECK(best[0]["trial"] == 2);
  CHECK(best[1]["best by"] == "slow");
  CHECK(best[1]["trial"] == 1);
}
