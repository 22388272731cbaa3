#include "optimizer/design/uniform.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("points are uniform on each parameter's scale") {
  auto d = experiment({real("x", -1, 3), logarithmic(real("r", 1e-4, 1)), categorical("k", {"a", "b", "c", "d"})},
                      {minimize("y")});
  auto job = contract_job(d, 0, 0, past::ordinary, 3);
  job.count = 4000;
  double below_zero = 0, below_hundredth = 0, first = 0;
  for (const auto& x : must(suggest_uniform(job)).candidates) {
    below_zero += x.values[0] < 0;
    below_hundredth += x.values[1] < 1e-2;
    first += x.values[2] == 0;
  }
  CHECK(std::abs(below_zero / 4000 - 0.25) < 0.03);
  CHECK(std::abs(below_hundredth / 4000 - 0.5) < 0.03);
  CHECK(std::abs(first / 4000 - 0.25) < 0.03);
}

TEST_CASE("a finite space is gone through before anything comes twice") {
  auto d = experiment({integer("n", 1, 30)}, {minimize("y")});
  auto job = contract_job(d, 0, 0, past::ordinary, 3);
  job.count = 30;
  auto made = must(suggest_uniform(job)).candidates;
  double sum = 0;
  for (const auto& x : made) sum += x.values[0];
  CHECK(sum == 30 * 31 / 2);
}
