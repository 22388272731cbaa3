#include "optimizer/stopping/catalogue.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {
std::string refusal(component named, definition d = test::simple_experiment()) {
  auto made = make_stopper(named, d);
  return made ? "" : made.error().message;
}
definition two_metrics() {
  return test::experiment({test::real("x", 0, 1)}, {test::minimize("error"), test::maximize("speed")});
}
}  // namespace

TEST_CASE("every rule of the list but threshold and constraint can be made by its name alone for one metric") {
  for (const auto& entry : stoppers()) {
    const std::string name = entry.name;
    CHECK_MESSAGE(refusal({name, {}}).empty() == (name != "threshold" && name != "constraint"), name);
  }
}

TEST_CASE("constraint needs a constraint, and its name where there are several") {
  auto d = two_metrics();
  CHECK(refusal({"constraint", {}}, d) ==
        "early_stopping: \"constraint\" judges by one constraint metric, and there are 0; take another rule");
  d.metrics.push_back(test::keep_below("seconds", 9));
  CHECK(refusal({"constraint", {}}, d).empty());
  CHECK(refusal({"constraint", {{"metric", std::string("error")}}}, d) ==
        "early_stopping.metric: \"error\" is no constraint; \"constraint\" judges by a metric with this strategy");
  d.metrics.push_back(test::keep_below("size", 9));
  CHECK(refusal({"constraint", {}}, d) ==
        "early_stopping: \"constraint\" judges by one constraint metric, and there are 2; add \"metric\": one of their "
        "names");
  CHECK(refusal({"constraint", {{"metric", std::string("size")}}}, d).empty());
}

TEST_CASE("a threshold needs a step, and a value where the metric has none") {
  CHECK(refusal({"threshold", {{"value", 0.5}}}) ==
        "early_stopping: \"threshold\" needs a step; add \"step\": by when \"y\" must have reached the value");
  CHECK(refusal({"threshold", {{"step", 5.0}}}) ==
        "early_stopping: \"threshold\" needs a value; add \"value\": what \"y\" must have reached by the step");
  CHECK(refusal({"threshold", {{"step", 5.0}, {"value", 0.5}}}).empty());
  auto bounded = test::experiment({test::real("x", 0, 1)}, {test::minimize("y", 0.5)});
  CHECK(refusal({"threshold", {{"step", 5.0}}}, bounded).empty());
}

TEST_CASE("the value of a threshold is in the metric's own sense") {
  auto rule =
      make_stopper({"threshold", {{"metric", std::string("speed")}, {"step", 1.0}, {"value", 10.0}}}, two_metrics());
  curve slow(2), quick(2);
  slow.put(1, losses_of(two_metrics().metrics, std::vector<double>{0, 9}));
  quick.put(1, losses_of(two_metrics().metrics, std::vector<double>{0, 11}));
  CHECK((*rule)->judge({1}, slow, 0));
  CHECK_FALSE((*rule)->judge({1}, quick, 0));
}

TEST_CASE("unknown rules and options are refused with what was meant") {
  CHECK(refusal({"ascha", {}}) == "early_stopping: there is no rule \"ascha\"; did you mean \"asha\"?");
  CHECK(refusal({"asha", {{"min_step", 1.0}}}) ==
        "early_stopping: \"asha\" has no option \"min_step\"; did you mean \"min_steps\"?");
  CHECK(refusal({"asha", {{"reduction_factor", 1.0}}}) ==
        "early_stopping.reduction_factor: must be a number from 1.5 to 1000");
  CHECK(refusal({"asha", {{"min_steps", 9.0}, {"max_steps", 9.0}}}) ==
        "early_stopping: max_steps 9 is not above min_steps 9, so there is no rung; raise it");
}

TEST_CASE("a rule for one metric wants to know which, where several are optimized") {
  CHECK(refusal({"median", {}}, two_metrics()) ==
        "early_stopping: \"median\" judges by one metric, and 2 are optimized; add \"metric\": one of their names");
  CHECK(refusal({"median", {{"metric", std::string("eror")}}}, two_metrics()) ==
        "early_stopping.metric: \"eror\" is not a metric of the experiment; did you mean \"error\"?");
  CHECK(refusal({"median", {{"metric", std::string("speed")}}}, two_metrics()).empty());
}

TEST_CASE("rules for several metrics need none named") {
  for (const char* name : {"auto", "dominance", "extrapolation", "mo_asha"})
    CHECK(refusal({name, {}}, two_metrics()).empty());
  CHECK(refusal({"mo_asha", {{"metric", std::string("speed")}}}, two_metrics())
            .starts_with("early_stopping: \"mo_asha\" has no option \"metric\""));
}

TEST_CASE("mo_asha knows two ways to break ties, one of them for up to three metrics") {
  CHECK(refusal({"mo_asha", {{"tie_break", std::string("hypervolume")}}}, two_metrics()).empty());
  CHECK(refusal({"mo_asha", {{"tie_break", std::string("hypervolum")}}}, two_metrics()) ==
        "early_stopping.tie_break: there is no \"hypervolum\"; did you mean \"hypervolume\"?");
  auto four = two_metrics();
  for (const char* name : {"loss", "size"}) four.metrics.push_back(test::minimize(name));
  CHECK(
      refusal({"mo_asha", {{"tie_break", std::string("hypervolume")}}}, four) ==
      "early_stopping.tie_break: \"hypervolume\" is for at most three optimized metrics, here are 4; take \"spread\"");
}

TEST_CASE("hyperband has no more brackets than differ") {
  CHECK(refusal({"hyperband", {{"max_steps", 27.0}, {"brackets", 4.0}}}).empty());
  CHECK(refusal({"hyperband", {{"max_steps", 27.0}, {"brackets", 5.0}}}) ==
        "early_stopping.brackets: there are 3 rungs below max_steps, so at most 4 brackets differ");
}

TEST_CASE("rules that judge by all that is optimized are refused where there are constraints alone") {
  const auto d = test::experiment({test::real("x", 0, 1)}, {test::keep_below("seconds", 9)});
  for (const char* name : {"auto", "dominance", "extrapolation", "mo_asha"})
    CHECK(refusal({name, {}}, d) == "early_stopping: \"" + std::string(name) +
                                        "\" judges by what is optimized, and here are constraints alone; take "
                                        "\"constraint\"");
  CHECK(refusal({"constraint", {}}, d).empty());
}
