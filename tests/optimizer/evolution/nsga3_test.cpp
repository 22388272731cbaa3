#include "optimizer/evolution/nsga3.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "core/hypervolume.hpp"
#include "optimizer/evolution/nsga2.hpp"
#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

using values = std::vector<double>;

definition three_goals(std::size_t parameters) {
  std::vector<parameter> cube;
  for (std::size_t i = 0; i < parameters; ++i) cube.push_back(real("x" + std::to_string(i), 0, 1));
  return experiment(std::move(cube), {minimize("f"), minimize("g"), minimize("h")});
}

/// The front of DTLZ1 (Deb et al. 2002), where the objectives sum to ½, without its hollows.
values simplex(const values& x) {
  double rest = 0;
  for (std::size_t i = 2; i < x.size(); ++i) rest += 4 * (x[i] - 0.5) * (x[i] - 0.5);
  return {0.5 * x[0] * x[1] * (1 + rest), 0.5 * x[0] * (1 - x[1]) * (1 + rest), 0.5 * (1 - x[0]) * (1 + rest)};
}

/// All values in order of the trials.
std::vector<values> run(definition d, const std::string& sampler, int trials,
                        const std::function<values(const values&)>& f) {
  d.sampler.name = sampler;
  engine_driver world(d);
  std::vector<values> out;
  for (int i = 0; i < trials; ++i) {
    const auto x = world.ask_now();
    out.push_back(f(x.point.values));
    complete done{x.trial, x.attempt, {}};
    for (std::size_t m = 0; m < d.metrics.size(); ++m) done.values.push_back({d.metrics[m].name, out.back()[m], {}});
    must(world.call(done));
  }
  return out;
}

}  // namespace

TEST_CASE("nsga3 covers a front of three objectives") {
  const double greatest = 0.216 - 1.0 / 48;  // all of the cube of side 0.6 but the simplex of side ½
  auto missing = [&](const std::string& sampler) {
    return 1 - hypervolume(run(three_goals(6), sampler, 800, simplex), values{0.6, 0.6, 0.6}) / greatest;
  };
  CHECK(missing("nsga3") < 0.05);
  CHECK(missing("nsga3") < missing("uniform") / 4);
}

TEST_CASE("nsga3 covers the allowed part of a front") {
  auto d = three_goals(5);
  d.metrics.push_back(keep_below("c", 0));
  int allowed = 0, late = 0;
  run(d, "nsga3", 600, [&](const values& x) {
    auto y = simplex(x);
    y.push_back(0.3 - y[0]);  // no more than a seventh of the simplex
    if (++late > 400) allowed += y[3] <= 0;
    return y;
  });
  CHECK(allowed > 120);
}

TEST_CASE("the units of the objectives make no difference to nsga3") {
  auto job = contract_job(three_goals(4), 120, 2, past::ordinary, 5);
  const auto made = must(suggest_nsga3(job));
  for (std::size_t i = 0; i < job.observations.size(); ++i) {
    auto x = job.observations[i];
    x.values[1] *= 0x1p40;
    x.values[2] *= 0x1p-30;
    job.observations.replace(i, std::move(x));
  }
  CHECK(must(suggest_nsga3(job)).candidates == made.candidates);
}

TEST_CASE("nsga3 keeps another population than nsga2, and takes no hint of it") {
  auto job = contract_job(three_goals(4), 120, 2, past::ordinary, 5);
  const auto made = must(suggest_nsga3(job));
  const auto other = must(suggest_nsga2(job));
  CHECK_FALSE(made.candidates == other.candidates);
  job.hint = other.hint;
  CHECK(must(suggest_nsga3(job)).candidates == made.candidates);
}
