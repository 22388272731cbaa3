#include "app/overview.hpp"

#include <doctest/doctest.h>

#include "app/trials_sheet.hpp"
#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace vilfredo::app;

namespace {
bookkeeper kept() {
  auto d = experiment({real("x", 0, 1)}, {maximize("good"), minimize("slow")});
  d.name = "my loans";
  d.observation_budget = 4;
  bookkeeper keeper(std::move(d));
  keeper.send(complete{keeper.issue({0.1}), 1, {{"good", 1, {}}, {"slow", 1, {}}}});
  keeper.send(complete{keeper.issue({0.2}), 1, {{"good", 2, {}}, {"slow", 2, {}}}});
  keeper.send(fail{keeper.issue({0.3}), 1, "diverged"});
  keeper.issue({0.4});
  return keeper;
}
const address where{"some store.db", {7}};
}  // namespace

TEST_CASE("people are told counts, front, best by each metric and failures") {
  auto keeper = kept();
  auto text = view::paint(overview(where, keeper.book(), {}), {});
  CHECK(text == "my loans (experiment 7 in some store.db) active\n"
                "3 of 4 trials ended: 2 completed, 1 failed, 1 running\n"
                "from 1970-01-01T00:16:40.000Z to 1970-01-01T00:16:40.000Z, 0.0 s\n"
                "\n"
                "Pareto front, 2 trials\n"
                "  trial  good  slow    x\n"
                "      2     2     2  0.2\n"
                "      1     1     1  0.1\n"
                "\n"
                "Best by each metric\n"
                "  best by  trial  good  slow    x\n"
                "  good         2     2     2  0.2\n"
                "  slow         1     1     1  0.1\n"
                "\n"
                "Failures by reason\n"
                "  1 × diverged\n");
}

TEST_CASE("with tasks the budget is told by what trials cost") {
  auto d = simple_experiment();
  d.observation_budget = 4;
  d.tasks = {{"half", 0.5}, {"all", 1}};
  bookkeeper keeper(d);
  keeper.send(observe{std::nullopt, {{"x", 0.5}}, {{"y", 1, {}}}, "", "half"});
  keeper.send(complete{keeper.issue({0.1}), 1, {{"y", 2, {}}}});
  auto text = view::paint(overview(where, keeper.book(), {}), {});
  CHECK(text.find("2 trials ended, for 1.5 of 4 full ones: 2 completed, 0 failed\n") != std::string::npos);
  CHECK(overview_json(where, keeper.book())["budget_consumed"] == 1.5);
  auto rows = nlohmann::ordered_json::parse(print(trials_sheet(keeper.book(), {}), output_format::json, {}));
  CHECK(rows[0]["task"] == "all");
  CHECK(rows[1]["task"] == "half");
}

TEST_CASE("programs are told the same as numbers") {
  auto keeper = kept();
  auto x = overview_json(where, keeper.book());
  CHECK(x["id"] == 7);
  CHECK(x["budget"] == 4);
  CHECK(x["ended"] == 3);
  CHECK(x["completed"] == 2);
  CHECK(x["failed"] == 1);
  CHECK(x["running"] == 1);
  CHECK(x["front"].size() == 2);
  CHECK(x["best"]["good"]["trial"] == 2);
  CHECK(x["failures"]["diverged"] == 1);
}

TEST_CASE("the line that shows it again can be pasted into a shell") {
  auto keeper = kept();
  CHECK(show_again(where, keeper.book()) == "vilfredo pareto 'my loans' --store 'some store.db'");
  // There is no front of what has not come to anything.
  bookkeeper fresh(experiment({real("x", 0, 1)}, {maximize("good")}));
  CHECK(show_again(where, fresh.book()).starts_with("vilfredo trials "));
}

TEST_CASE("a list has a row an experiment") {
  auto keeper = kept();
  auto rows = nlohmann::ordered_json::parse(print(list_sheet({{where, &keeper.book()}}), output_format::json, {}));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["name"] == "my loans");
  CHECK(rows[0]["state"] == "active");
  CHECK(rows[0]["best"] == "good 2, slow 1");
  CHECK(rows[0]["front"] == 2);
  CHECK(rows[0]["feasible"] == 2);
}

TEST_CASE("with constraints alone people are told all that is within the thresholds") {
  auto d = experiment({real("x", 0, 1)}, {keep_below("slow", 2), keep_below("large", 3)});
  d.name = "any";
  bookkeeper keeper(std::move(d));
  keeper.send(complete{keeper.issue({0.1}), 1, {{"slow", 2, {}}, {"large", 1, {}}}});
  keeper.send(complete{keeper.issue({0.2}), 1, {{"slow", 1, {}}, {"large", 4, {}}}});
  keeper.send(complete{keeper.issue({0.3}), 1, {{"slow", 1, {}}, {"large", 3, {}}}});
  auto text = view::paint(overview(where, keeper.book(), {}), {});
  CHECK(text.find("Within all thresholds, 2 trials\n"
                  "  trial  slow  large    x\n"
                  "      3     1      3  0.3\n"
                  "      1     2      1  0.1\n") != std::string::npos);
  CHECK(text.find("3 completed (1 miss a threshold)") != std::string::npos);
  CHECK(text.find("Best by each metric") == std::string::npos);
  auto rows = nlohmann::ordered_json::parse(print(list_sheet({{where, &keeper.book()}}), output_format::json, {}));
  CHECK(rows[0]["best"] == "2 trials within all thresholds");
  CHECK(rows[0]["feasible"] == 2);
  CHECK(rows[0]["front"].is_null());
}
