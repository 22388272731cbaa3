#include "optimizer/catalogue.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
definition asking_for(component sampler, experiment_type type = experiment_type::offline) {
  auto d = simple_experiment();
  d.sampler = std::move(sampler);
  d.type = type;
  return d;
}
std::string found(const definition& d) {
  auto got = find_sampler(d);
  return got ? (*got)->name : got.error().message;
}
}  // namespace

TEST_CASE("every sampler of the catalogue keeps the contract") {
  for (const auto& sampler : samplers()) {
    CAPTURE(sampler.name);
    check_sampler_contract(sampler);
  }
}

TEST_CASE("names are there once, and each entry and option says what it is") {
  std::set<std::string> names;
  for (const auto& sampler : samplers()) {
    CHECK(names.insert(sampler.name).second);
    CHECK(std::string(sampler.summary).size() > 5);
    for (const auto& option : sampler.options) {
      CHECK(std::string(option.meaning).size() > 5);
      const std::string type = option.type;
      CHECK((type == "number" || type == "integer" || type == "boolean" || type == "string" || type == "metric"));
      if (type == "number" || type == "integer") CHECK(option.min < option.max);
    }
  }
}

TEST_CASE("auto is the sampler that the type asks for, or chooses by itself") {
  CHECK(found(asking_for({"auto", {}})) == "auto");
  CHECK(found(asking_for({"auto", {}}, experiment_type::random)) == "uniform");
  CHECK(found(asking_for({"auto", {}}, experiment_type::grid)) == "grid");
}

TEST_CASE("a sampler is found by its name") {
  for (const auto& sampler : samplers()) CHECK(found(asking_for({sampler.name, {}})) == sampler.name);
  CHECK(found(asking_for({"sobol", {}}, experiment_type::random)) == "sobol");
}

TEST_CASE("an unknown name is refused with what was probably meant, or with all there are") {
  CHECK(found(asking_for({"sobl", {}})) == "sampler: there is no sampler \"sobl\"; did you mean \"sobol\"?");
  CHECK(found(asking_for({"annealing", {}})) == "sampler: there is no sampler \"annealing\"; known are auto, tpe, gp, "
                                                "turbo, cma_es, nsga2, nsga3, uniform, sobol, latin_hypercube, grid");
}

TEST_CASE("a sampler that contradicts the type is refused") {
  CHECK(found(asking_for({"tpe", {}}, experiment_type::grid)) ==
        "sampler: \"tpe\" is not a grid, but the experiment's type is \"grid\"; leave one of the two out");
  CHECK(found(asking_for({"tpe", {}}, experiment_type::random)) ==
        "sampler: \"tpe\" is not random, but the experiment's type is \"random\"; leave one of the two out");
}

TEST_CASE("a sampler that must have something to optimize is refused where there are constraints alone") {
  auto d = experiment({real("x", 0, 1)}, {keep_below("c", 1)});
  for (const auto& sampler : samplers()) {
    d.sampler.name = sampler.name;
    CHECK(static_cast<bool>(find_sampler(d)) == sampler.searches);
  }
  d.sampler.name = "nsga2";
  CHECK(found(d) == "sampler: \"nsga2\" needs a metric to optimize, and here are constraints alone; take \"auto\"");
}

TEST_CASE("options are refused when unknown, of the wrong type or out of range") {
  CHECK(found(asking_for({"grid", {{"levels", 5.0}}})) == "grid");
  CHECK(found(asking_for({"auto", {{"levels", 5.0}}}, experiment_type::grid)) == "grid");
  CHECK(found(asking_for({"grid", {{"level", 5.0}}})) ==
        "sampler: \"grid\" has no option \"level\"; did you mean \"levels\"?");
  CHECK(found(asking_for({"grid", {{"points", 5.0}}})) ==
        "sampler: \"grid\" has no option \"points\"; known are levels");
  CHECK(found(asking_for({"uniform", {{"levels", 5.0}}})) ==
        "sampler: \"uniform\" has no option \"levels\"; it has none");
  for (option_value bad : {option_value{2.5}, option_value{0.0}, option_value{true}, option_value{std::string("5")}})
    CHECK(found(asking_for({"grid", {{"levels", bad}}})) == "sampler.levels: must be an integer from 1 to 10000");
  CHECK(found(asking_for({"tpe", {{"good_fraction", 1.5}}})) ==
        "sampler.good_fraction: must be a number from 0.001 to 0.9");
  CHECK(found(asking_for({"gp", {{"cost", std::string("y")}}})) == "gp");
  CHECK(found(asking_for({"gp", {{"cost", 3.0}}})) == "sampler.cost: must be a text");
  CHECK(found(asking_for({"gp", {{"cost", std::string("seconds")}}})) ==
        "sampler.cost: there is no metric \"seconds\"; known are y");
}

TEST_CASE("a number option is read, or its default taken") {
  CHECK(number_option({"grid", {{"levels", 5.0}}}, "levels", 10) == 5);
  CHECK(number_option({"grid", {}}, "levels", 10) == 10);
}
