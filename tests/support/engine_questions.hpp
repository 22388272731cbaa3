#pragma once
#include <doctest/doctest.h>

#include <utility>

#include "tests/support/engine_driver.hpp"

/// What tests of the engine ask, and how they read its answers.
namespace vilfredo::test {

inline definition tuned(std::uint64_t budget = 100, std::uint32_t bandwidth = 1) {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("loss")});
  d.observation_budget = budget;
  d.parallel_bandwidth = bandwidth;
  d.seed = 7;
  return d;
}

inline definition of_type(experiment_type type, std::vector<parameter> parameters = {real("x", 0, 1)}) {
  auto d = experiment(std::move(parameters), {minimize("loss")});
  d.type = type;
  return d;
}

/// Asks and completes until the initial design is used up and the first plan has been made.
inline void pass_the_design(engine_driver& world) {
  while (world.book().plans() == 0) {
    auto x = world.ask_now();
    must(world.finish(x, x.point.values[0]));
    REQUIRE(world.book().observations().size() < 50);
  }
}

inline errc refusal(const std::optional<outcome>& x) {
  REQUIRE(x);
  REQUIRE_FALSE(*x);
  return x->error().code;
}
inline issued granted(const std::optional<outcome>& x) {
  REQUIRE(x);
  return std::get<issued>(must(*x));
}

inline ask patient(duration patience, std::optional<duration> lease = std::nullopt) { return {"w", patience, lease}; }

}  // namespace vilfredo::test
