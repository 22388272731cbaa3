#include "io/definition_codec.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/json_text.hpp"
#include "tests/support/random_definition.hpp"

using namespace vilfredo;
using io::read_definition;
using nlohmann::json;

namespace {
json small() {
  return json::parse(R"({"name": "small",
    "parameters": [{"name": "x", "type": "double", "bounds": {"min": 0, "max": 1}},
                   {"name": "n", "type": "int", "bounds": {"min": 1, "max": 9}}],
    "metrics": ["quality"]})");
}
definition read(const json& x) {
  auto out = read_definition(x);
  REQUIRE_MESSAGE(out, (out ? "" : out.error().message));
  return *out;
}
}  // namespace

TEST_CASE("what is written reads back equal, as a tree and as text") {
  random_source random(3);
  int valid = 0;
  for (int i = 0; i < 500; ++i) {
    auto x = tests::random_definition(random);
    if (!validate(x)) continue;
    ++valid;
    auto tree = io::to_json(x);
    CHECK_MESSAGE(read(tree) == x, tree.dump());
    auto text = io::parse_json(tree.dump());
    REQUIRE(text);
    CHECK_MESSAGE(read(*text) == x, tree.dump());
  }
  CHECK(valid > 250);
}

TEST_CASE("what a definition does not say is at its default") {
  auto x = read(small());
  CHECK(x.metrics == std::vector<metric>{{"quality", objective::maximize, strategy::optimize, std::nullopt}});
  CHECK_FALSE(x.observation_budget);
  CHECK(x.parallel_bandwidth == 1);
  CHECK(x.type == experiment_type::offline);
  CHECK(x.sampler == component{"auto", {}});
  CHECK(x.stop_when == stop_rules{});
  CHECK(x.num_solutions == 1);
  CHECK(x.tasks.empty());
  CHECK(x.seed == 0);
  CHECK(x.initial.empty());
  CHECK_FALSE(x.run);
  CHECK(x.metadata.empty());
}

TEST_CASE("integers stay integers where a user's value may be either") {
  auto job = small();
  job["initial"] = json::parse(R"([{"x": 1, "n": 3}, {"x": 0.5, "n": 2.0}])");
  auto x = read(job);
  CHECK(x.initial[0] == std::vector<named_value>{{"n", std::int64_t{3}}, {"x", std::int64_t{1}}});
  CHECK(x.initial[1] == std::vector<named_value>{{"n", 2.0}, {"x", 0.5}});
  CHECK(read(io::to_json(x)) == x);
}

TEST_CASE("null is as SigOpt has it: absent, and dropped from metadata") {
  auto job = small();
  for (auto key : {"observation_budget", "parallel_bandwidth", "type", "conditionals", "linear_constraints", "metadata",
                   "sampler", "stop_when", "seed", "initial", "run"})
    job[key] = nullptr;
  job["parameters"][0]["transformation"] = nullptr;
  job["parameters"][0]["prior"] = nullptr;
  job["parameters"][0]["default_value"] = nullptr;
  CHECK(read(job) == read(small()));
  job["metadata"] = {{"a", nullptr}, {"b", 1}};
  CHECK(read(job).metadata == std::map<std::string, std::variant<std::string, double>>{{"b", 1.0}});
}

TEST_CASE("SigOpt's forms are read: values as objects, metrics as texts, one condition without a list") {
  auto job = small();
  job["parameters"].push_back(json::parse(R"({"name": "c", "type": "categorical",
    "categorical_values": [{"name": "a"}, "b"]})"));
  job["parameters"][0]["conditions"] = {{"c", "a"}};
  job["parameters"][1]["conditions"] = {{"c", {"a", "b"}}};
  auto x = read(job);
  CHECK(x.space.parameters[2].categories == std::vector<std::string>{"a", "b"});
  CHECK(x.space.parameters[0].conditions == std::vector<condition>{{"c", {"a"}}});
  CHECK(x.space.parameters[1].conditions == std::vector<condition>{{"c", {"a", "b"}}});
}

TEST_CASE("a grid is put in order and gives the bounds") {
  auto job = small();
  job["parameters"][1] = json::parse(R"({"name": "n", "type": "int", "grid": [8, 1, 4]})");
  auto n = read(job).space.parameters[1];
  CHECK(n.grid == std::vector<double>{1, 4, 8});
  CHECK(n.min == 1);
  CHECK(n.max == 8);
}

TEST_CASE("stagnation is a number, or how improbable an improvement must have become") {
  auto job = small();
  job["stop_when"] = {{"stagnation", 7}};
  CHECK(read(job).stop_when.stagnation == 7);
  CHECK_FALSE(read(job).stop_when.improbable);
  job["stop_when"] = json::parse(R"({"stagnation": {"observations": 10, "probability": 0.25}})");
  CHECK_FALSE(read(job).stop_when.stagnation);
  CHECK(read(job).stop_when.improbable == improbable_improvement{10, 0.25});
  job["stop_when"]["stagnation"].erase("probability");
  CHECK(read_definition(job).error().message ==
        "stop_when.stagnation: key \"probability\" is missing; say below which probability of an improvement it ends");
}

TEST_CASE("a sampler is a name, or a name with options") {
  auto job = small();
  job["sampler"] = "sobol";
  CHECK(read(job).sampler == component{"sobol", {}});
  job["sampler"] = {{"name", "tpe"}, {"gamma", 3}, {"group", true}, {"mode", "a"}};
  CHECK(read(job).sampler == component{"tpe", {{"gamma", 3.0}, {"group", true}, {"mode", std::string("a")}}});
}

TEST_CASE("a text that is not UTF-8 costs neither the process nor the definition") {
  definition x = read(small());
  x.metadata["note"] = std::string("a\xff");
  CHECK(io::to_json(x).dump(-1, ' ', false, json::error_handler_t::replace).find("a\xEF\xBF\xBD") != std::string::npos);
}
