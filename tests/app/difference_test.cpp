#include "app/difference.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using app::difference;

namespace {
definition base() {
  auto d = experiment({real("lr", 0, 1), integer("n", 1, 5)}, {maximize("aucpr"), minimize("lost", 40)});
  d.name = "loans";
  d.observation_budget = 60;
  d.run = run_definition{};
  d.run->command = {"train"};
  return d;
}
std::string refusal(const definition& wanted) {
  auto got = difference(base(), wanted);
  REQUIRE(!got);
  CHECK(got.error().code == errc::conflict);
  return got.error().message;
}
}  // namespace

TEST_CASE("the same definition needs no edit") {
  auto got = difference(base(), base());
  REQUIRE(got);
  CHECK(!*got);
}

TEST_CASE("budget, bandwidth, thresholds, stop rules and metadata are edited") {
  auto wanted = base();
  wanted.observation_budget = 100;
  wanted.parallel_bandwidth = 4;
  wanted.metrics[0].threshold = 0.4;
  wanted.metrics[1].threshold.reset();
  wanted.stop_when.failed = 3;
  wanted.metadata["team"] = "credit";
  auto got = difference(base(), wanted);
  REQUIRE(got);
  REQUIRE(*got);
  const auto& edit = **got;
  CHECK(edit.observation_budget == std::optional<std::uint64_t>{100});
  CHECK(edit.parallel_bandwidth == 4);
  CHECK(edit.thresholds.at("aucpr") == 0.4);
  CHECK(!edit.thresholds.at("lost"));
  CHECK(edit.stop_when->failed == 3);
  CHECK(edit.metadata->contains("team"));
  CHECK(!edit.name);
}

TEST_CASE("tasks and the number of solutions are fixed") {
  auto wanted = base();
  wanted.tasks = {{"part", 0.5}, {"all", 1}};
  CHECK(refusal(wanted).find("the list of tasks differs") != std::string::npos);
  wanted = base();
  wanted.num_solutions = 2;
  CHECK(refusal(wanted).find("num_solutions differs") != std::string::npos);
}

TEST_CASE("a budget can be taken away") {
  auto wanted = base();
  wanted.observation_budget.reset();
  auto got = difference(base(), wanted);
  REQUIRE(got);
  REQUIRE(*got);
  REQUIRE((*got)->observation_budget);
  CHECK(!*(*got)->observation_budget);
}

TEST_CASE("how this machine runs a trial makes no difference") {
  auto wanted = base();
  wanted.run->directory = "elsewhere";
  wanted.run->timeout_seconds = 5;
  wanted.run->resources.memory_mb = 100;
  auto got = difference(base(), wanted);
  REQUIRE(got);
  CHECK(!*got);
}

TEST_CASE("anything else is another experiment, and the sentence names what differs") {
  auto wanted = base();
  wanted.space.parameters[0].max = 2;
  CHECK(refusal(wanted) == "experiment \"loans\" was started with another definition: parameter \"lr\" differs; choose "
                           "another name, or put it away first: vilfredo archive loans");
  wanted.seed = 7;
  wanted.run->command = {"other"};
  CHECK(refusal(wanted).find("parameter \"lr\", seed and run.command differ;") != std::string::npos);
  wanted = base();
  wanted.space.parameters.pop_back();
  CHECK(refusal(wanted).find("the list of parameters differs") != std::string::npos);
  wanted = base();
  wanted.metrics[1].objective = objective::maximize;
  CHECK(refusal(wanted).find("metric \"lost\" differs") != std::string::npos);
  wanted = base();
  wanted.sampler.name = "sobol";
  CHECK(refusal(wanted).find("sampler differs") != std::string::npos);
  wanted = base();
  wanted.early_stopping = {{{"asha", {}}}};
  CHECK(refusal(wanted).find("early_stopping differs") != std::string::npos);
}
