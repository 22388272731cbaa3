#include "optimizer/automatic.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

std::string chosen(std::vector<parameter> parameters, std::vector<metric> metrics, std::size_t n,
                   std::optional<std::uint64_t> budget = std::nullopt) {
  auto d = experiment(std::move(parameters), std::move(metrics));
  d.observation_budget = budget;
  const auto choice = choose_sampler(contract_job(d, n, 0, past::ordinary, 1));
  CHECK(choice.reason.find(std::to_string(n)) != std::string::npos);
  return choice.sampler;
}

const std::vector<parameter> numbers{real("a", 0, 1), integer("b", 1, 100), categorical("k", {"p", "q"})};
const std::vector<parameter> choices{categorical("k", {"p", "q"}), categorical("l", {"p", "q"}), real("a", 0, 1)};

}  // namespace

TEST_CASE("few observations are modelled, whatever the space") {
  for (std::size_t n : {0, 30, 200}) {
    CHECK(chosen(numbers, {minimize("y")}, n) == "gp");
    CHECK(chosen(choices, {minimize("f"), minimize("g")}, n) == "gp");
  }
}

TEST_CASE("of more than twenty parameters few are modelled around the best, when that is all that is wanted") {
  auto many = [](int n) {
    std::vector<parameter> out{categorical("k", {"p", "q"}), real("fixed", 1, 1)};
    for (int i = 1; i < n; ++i) out.push_back(real("x" + std::to_string(i), 0, 1));
    return out;
  };
  CHECK(chosen(many(20), {minimize("y")}, 100) == "gp");
  CHECK(chosen(many(21), {minimize("y")}, 100) == "turbo");
  CHECK(chosen(many(21), {minimize("y")}, 2000) == "cma_es");
  CHECK(chosen(many(21), {minimize("y"), minimize("z")}, 100) == "gp");
  CHECK(chosen(many(21), {minimize("y"), keep_below("c", 1)}, 100) == "gp");
  auto d = experiment(many(21), {minimize("y")});
  d.num_solutions = 2;
  d.observation_budget = 100;
  CHECK(std::string(choose_sampler(contract_job(d, 50, 0, past::ordinary, 1)).sampler) == "gp");
}

TEST_CASE("many are handed to what suits the space and the objectives") {
  CHECK(chosen(numbers, {minimize("y")}, 2000) == "cma_es");
  CHECK(chosen(choices, {minimize("y")}, 2000) == "nsga2");
  CHECK(chosen(numbers, {minimize("f"), maximize("g")}, 2000) == "nsga2");
}

TEST_CASE("constraints alone are modelled however many trials there are") {
  for (std::size_t n : {0, 30, 2000}) CHECK(chosen(numbers, {keep_below("c", 0.2)}, n) == "gp");
}

TEST_CASE("when trials end far faster than a model can follow, the quick samplers serve from the start") {
  auto job = contract_job(experiment(numbers, {minimize("y")}), 100, 0, past::ordinary, 1);
  auto with_gap = [&](duration gap) {
    auto paced = job;
    for (std::size_t i = 0; i < 100; ++i) {
      auto x = job.observations[i];
      x.at = time_point{gap * static_cast<int>(i)};
      paced.observations.replace(i, x);
    }
    return std::string(choose_sampler(paced).sampler);
  };
  CHECK(with_gap(std::chrono::seconds{1}) == "gp");
  CHECK(with_gap(std::chrono::milliseconds{5}) == "gp");
  CHECK(with_gap(std::chrono::milliseconds{0}) == "gp");  // nothing is known
  auto many = contract_job(experiment(numbers, {minimize("y")}), 400, 0, past::ordinary, 1);
  for (std::size_t i = 0; i < 400; ++i) {
    auto x = many.observations[i];
    x.at = time_point{std::chrono::milliseconds{static_cast<int>(i)}};
    many.observations.replace(i, x);
  }
  CHECK(std::string(choose_sampler(many).sampler) == "cma_es");
}

TEST_CASE("the plan says who made it and why") {
  auto d = experiment({real("x", 0, 1)}, {minimize("y")});
  engine_driver world(d);
  for (int i = 0; i < 15; ++i) {
    auto x = world.ask_now();
    must(world.finish(x, x.point.values[0]));
  }
  const events::plan_made* last = nullptr;
  for (const auto& f : world.facts())
    if (auto* made = std::get_if<events::plan_made>(&f.what)) last = made;
  REQUIRE(last);
  CHECK(last->sampler == "gp");
  CHECK(last->note.find("observations") != std::string::npos);
}

TEST_CASE("a hint of the sampler before does not confuse the one that takes over") {
  auto d = experiment(numbers, {minimize("y")});
  auto early = contract_job(d, 40, 0, past::ordinary, 1);
  auto late = contract_job(d, 2000, 0, past::ordinary, 1);
  late.hint = must(suggest_automatically(early)).hint;
  const auto made = must(suggest_automatically(late));
  CHECK(made.sampler == "cma_es");
  CHECK(made.candidates.size() == late.count);
}
