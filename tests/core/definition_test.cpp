#include "core/definition.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
/// What is said about the simple experiment after `change`.
std::string after(const std::function<void(definition&)>& change) {
  auto d = simple_experiment();
  change(d);
  auto checked = validate(d);
  return checked ? "sound" : checked.error().message;
}
run_definition program(std::vector<std::string> command) {
  run_definition run;
  run.command = std::move(command);
  return run;
}
}  // namespace

TEST_CASE("a definition that makes sense gives its space") {
  auto d = simple_experiment();
  d.observation_budget = 10;
  d.stop_when = {60.0, 3, 5, {{"y", 0.1}}};
  d.initial = {{{"x", 0.5}}};
  d.run = program({"train", "--x={x}", "{assignments_file}", "{\"json\": {x}}"});
  d.metadata = {{"team", std::string("credit")}, {"priority", 2.0}};
  auto checked = validate(d);
  REQUIRE(checked);
  CHECK(checked->size() == 1);
}

TEST_CASE("the experiment's own fields are checked") {
  CHECK(after([](auto& d) { d.name = ""; }) == "name: must not be empty");
  CHECK(after([](auto& d) { d.name = "a\tb"; }) == "name: must not hold control characters");
  CHECK(after([](auto& d) { d.space.parameters.clear(); }) == "parameters: there must be at least one");
  CHECK(after([](auto& d) { d.observation_budget = 0; }) == "observation_budget: must be from 1 to 1000000000");
  CHECK(after([](auto& d) { d.parallel_bandwidth = 0; }) == "parallel_bandwidth: must be from 1 to 10000");
  CHECK(after([](auto& d) { d.sampler.name = ""; }) == "sampler: must name a sampler, or \"auto\"");
  CHECK(after([](auto& d) {
          d.initial = {{{"x", 0.5}}, {{"x", 7.0}}};
        }) == "initial[1]: parameter \"x\": 7 is not between 0 and 1");
  CHECK(after([](auto& d) { d.metadata["rate"] = NAN; }) == "metadata.rate: must be a finite number");
  CHECK(after([](auto& d) { d.metadata["who"] = "\xFF"; }) == "metadata.who: must be UTF-8 text");
}

TEST_CASE("metrics are checked") {
  CHECK(after([](auto& d) { d.metrics.clear(); }) ==
        "metrics: there must be at least one metric to optimize or to constrain");
  CHECK(after([](auto& d) { d.metrics = {store("y")}; }) ==
        "metrics: there must be at least one metric to optimize or to constrain");
  CHECK(after([](auto& d) { d.metrics.push_back(maximize("y")); }) ==
        "metrics[1].name: \"y\" is the name of metrics[0] already");
  CHECK(after([](auto& d) { d.metrics[0].threshold = INFINITY; }) == "metrics[0].threshold: must be a finite number");
  CHECK(after([](auto& d) {
          d.metrics.push_back(keep_below("size", 1));
          d.metrics[1].threshold.reset();
        }) == "metrics[1]: constraint metric \"size\" needs a threshold");
  CHECK(after([](auto& d) {
          d.metrics.push_back(store("auc"));
          d.metrics[1].threshold = 1;
        }) ==
        "metrics[1].threshold: stored metric \"auc\" is never judged; remove the threshold or choose another strategy");
  CHECK(after([](auto& d) {
          for (int i = 0; i < 64; ++i) d.metrics.push_back(store("m" + std::to_string(i)));
        }) == "metrics: there are 65; at most 64 are possible");
}

TEST_CASE("stop rules are checked") {
  CHECK(after([](auto& d) { d.stop_when.seconds = 0; }) ==
        "stop_when.seconds: must be a number above 0 and at most 1e9");
  CHECK(after([](auto& d) { d.stop_when.seconds = NAN; }) ==
        "stop_when.seconds: must be a number above 0 and at most 1e9");
  CHECK(after([](auto& d) { d.stop_when.failed = 0; }) == "stop_when.failed: must be at least 1");
  CHECK(after([](auto& d) { d.stop_when.stagnation = 0; }) == "stop_when.stagnation: must be at least 1");
  CHECK(after([](auto& d) { d.stop_when.target["Y"] = 1; }) ==
        "stop_when.target: \"Y\" is not a metric; did you mean \"y\"?");
  CHECK(after([](auto& d) { d.stop_when.target["y"] = NAN; }) == "stop_when.target.y: must be a finite number");
}

TEST_CASE("what stop rules say of steps, costs and improbable improvements is checked") {
  CHECK(after([](auto& d) {
          d.stop_when.steps = 100;
          d.stop_when.cost["y"] = 2.5;
          d.stop_when.improbable = {10, 0.1};
        }) == "sound");
  CHECK(after([](auto& d) { d.stop_when.steps = 0; }) == "stop_when.steps: must be a finite number above 0");
  CHECK(after([](auto& d) { d.stop_when.steps = INFINITY; }) == "stop_when.steps: must be a finite number above 0");
  CHECK(after([](auto& d) { d.stop_when.cost["Y"] = 1; }) ==
        "stop_when.cost: \"Y\" is not a metric; did you mean \"y\"?");
  CHECK(after([](auto& d) { d.stop_when.cost["y"] = -1; }) == "stop_when.cost.y: must be above 0");
  CHECK(after([](auto& d) {
          d.stop_when.stagnation = 3;
          d.stop_when.improbable = {10, 0.1};
        }) == "stop_when.stagnation: must be a number or an object, not both");
  CHECK(after([](auto& d) {
          d.stop_when.improbable = {0, 0.1};
        }) == "stop_when.stagnation.observations: must be at least 1");
  for (double p : {0.0, 0.6, std::nan("")})
    CHECK(after([&](auto& d) {
            d.stop_when.improbable = {10, p};
          }) == "stop_when.stagnation.probability: must be a number above 0 and at most 0.5");
}

TEST_CASE("several solutions need one metric, a budget for them, and neither conditionals nor tasks") {
  auto several = [](const std::function<void(definition&)>& change) {
    return after([&](auto& d) {
      d.num_solutions = 3;
      d.observation_budget = 20;
      change(d);
    });
  };
  CHECK(several([](auto&) {}) == "sound");
  CHECK(several([](auto& d) { d.num_solutions = 0; }) == "num_solutions: must be from 1 to 1000");
  CHECK(several([](auto& d) { d.metrics.push_back(maximize("z")); }) ==
        "num_solutions: several solutions need exactly one metric to optimize");
  CHECK(several([](auto& d) { d.metrics.push_back(keep_below("z", 1)); }) == "sound");
  CHECK(several([](auto& d) { d.observation_budget.reset(); }) ==
        "num_solutions: several solutions need an observation_budget; add one");
  CHECK(several([](auto& d) { d.observation_budget = 2; }) == "num_solutions: must not be above observation_budget, 2");
  CHECK(several([](auto& d) {
          d.space.conditionals = {{"way", {"a", "b"}}};
        }) == "num_solutions: several solutions cannot be had with conditionals; remove one of the two");
  CHECK(several([](auto& d) {
          d.tasks = {{"part", 0.5}, {"all", 1}};
        }) == "tasks: multitask experiments have one solution; remove num_solutions");
}

TEST_CASE("tasks differ, one of them is the full trial, and they need one metric and a budget") {
  auto with = [](std::vector<task> tasks, const std::function<void(definition&)>& change) {
    return after([&](auto& d) {
      d.tasks = tasks;
      d.observation_budget = 20;
      change(d);
    });
  };
  auto of = [&](std::vector<task> tasks) { return with(std::move(tasks), [](auto&) {}); };
  CHECK(of({{"part", 0.1}, {"all", 1}}) == "sound");
  CHECK(of({{"all", 1}}) == "tasks: there must be from 2 to 100, or none");
  CHECK(of({{"part", 0.1}, {"", 1}}) == "tasks[1].name: must not be empty");
  CHECK(of({{"part", 0}, {"all", 1}}) == "tasks[0].cost: must be a number above 0 and at most 1");
  CHECK(of({{"part", 0.1}, {"all", 1.5}}) == "tasks[1].cost: must be a number above 0 and at most 1");
  CHECK(of({{"part", NAN}, {"all", 1}}) == "tasks[0].cost: must be a number above 0 and at most 1");
  CHECK(of({{"part", 0.1}, {"part", 1}}) == "tasks[1].name: \"part\" is the name of tasks[0] already");
  CHECK(of({{"all", 1}, {"part", 1}}) == "tasks[1].cost: 1 is the cost of \"all\" already; give each task another");
  CHECK(of({{"part", 0.1}, {"half", 0.5}}) == "tasks: one of them must be the full trial; give it \"cost\": 1");
  const std::vector<task> two{{"part", 0.1}, {"all", 1}};
  CHECK(with(two, [](auto& d) { d.metrics.push_back(maximize("z")); }) ==
        "tasks: multitask experiments need exactly one metric to optimize");
  CHECK(with(two, [](auto& d) { d.metrics.push_back(keep_below("z", 1)); }) ==
        "tasks: multitask experiments cannot have constraint metrics; make them stored ones");
  CHECK(with(two, [](auto& d) { d.metrics.push_back(store("z")); }) == "sound");
  CHECK(with(two, [](auto& d) { d.observation_budget.reset(); }) ==
        "tasks: multitask experiments need an observation_budget; add one");
}

TEST_CASE("a trial without a task is a full one") {
  auto d = simple_experiment();
  CHECK(cost_of(d, std::nullopt) == 1);
  CHECK_FALSE(task_of(d, std::nullopt));
  d.tasks = {{"part", 0.1}, {"all", 1}};
  CHECK(cost_of(d, 0) == 0.1);
  CHECK(cost_of(d, 1) == 1);
  CHECK(cheaper(d, 0) == task_index{0});
  CHECK_FALSE(cheaper(d, 1));
  CHECK(task_of(d, 0)->name == "part");
  CHECK(task_of(d, std::nullopt)->name == "all");
}

TEST_CASE("the program to run is checked") {
  auto with = [](auto change) {
    return after([&](definition& d) {
      d.run = program({"train"});
      change(*d.run);
    });
  };
  CHECK(with([](auto& r) { r.command = {}; }) == "run.command: must begin with a program");
  CHECK(with([](auto& r) { r.command = {""}; }) == "run.command: must begin with a program");
  CHECK(with([](auto& r) { r.command.push_back(std::string("a\0b", 3)); }) ==
        "run.command[1]: must not hold a NUL character");
  CHECK(with([](auto& r) { r.command.push_back("{X}"); }) ==
        "run.command[1]: {X} is not a parameter; did you mean {x}?");
  CHECK(with([](auto& r) { r.command.push_back("{assignment_file}"); }) ==
        "run.command[1]: {assignment_file} is not a parameter; did you mean {assignments_file}?");
  CHECK(with([](auto& r) { r.command.push_back("awk '{print $1}' {{x}} {"); }) == "sound");
  CHECK(with([](auto& r) { r.environment["A=B"] = ""; }) ==
        "run.environment: \"A=B\" cannot be the name of a variable");
  CHECK(with([](auto& r) { r.timeout_seconds = -1; }) ==
        "run.timeout_seconds: must be a number from 0 (no time-out) to 1e9");
  CHECK(with([](auto& r) { r.grace_seconds = NAN; }) == "run.grace_seconds: must be a number from 0 to 1e9");
  CHECK(with([](auto& r) { r.retries = 5000; }) == "run.retries: must be at most 1000");
  CHECK(after([](auto& d) {
          d.space.parameters.push_back(real("assignments_file", 0, 1));
          d.run = program({"train"});
        }) == "run.command: {assignments_file} means the file with all assignments; rename the parameter");
}

TEST_CASE("metrics are found by strategy") {
  auto d = experiment({real("x", 0, 1)}, {store("a"), minimize("b"), keep_below("c", 1), maximize("d")});
  CHECK(metrics_with(d, strategy::optimize) == std::vector<std::size_t>{1, 3});
  CHECK(metrics_with(d, strategy::constraint) == std::vector<std::size_t>{2});
  CHECK(metrics_with(d, strategy::store) == std::vector<std::size_t>{0});
}

TEST_CASE("words are those of the job file") {
  CHECK(std::string(to_string(parameter_type::real)) == "double");
  CHECK(std::string(to_string(parameter_type::integer)) == "int");
  CHECK(std::string(to_string(parameter_type::categorical)) == "categorical");
  CHECK(std::string(to_string(objective::maximize)) == "maximize");
  CHECK(std::string(to_string(objective::minimize)) == "minimize");
  CHECK(std::string(to_string(strategy::constraint)) == "constraint");
  CHECK(std::string(to_string(experiment_type::offline)) == "offline");
}

TEST_CASE("constraints alone make an experiment, but not one of several solutions") {
  auto d = experiment({real("x", 0, 1)}, {store("s"), keep_below("a", 1), keep_below("b", 2)});
  CHECK(validate(d));
  d.observation_budget = 10;
  d.num_solutions = 2;
  CHECK(validate(d).error().message == "num_solutions: several solutions need exactly one metric to optimize");
}
