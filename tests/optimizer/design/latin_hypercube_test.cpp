#include "optimizer/design/latin_hypercube.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

TEST_CASE("each slice of each coordinate holds one point") {
  constexpr std::size_t n = 37, d = 5;
  latin_hypercube cube(d, n, 9);
  std::vector<std::set<int>> slices(d);
  std::vector<double> u(d);
  for (std::size_t i = 0; i < n; ++i) {
    cube.point(i, u);
    for (std::size_t j = 0; j < d; ++j) {
      CHECK(u[j] >= 0);
      CHECK(u[j] < 1);
      slices[j].insert(static_cast<int>(u[j] * n));
    }
  }
  for (const auto& s : slices) CHECK(s.size() == n);
}

TEST_CASE("a hypercube goes on over several plans and is as large as the budget or the option says") {
  for (std::optional<double> size : {std::optional<double>{}, std::optional<double>{12}}) {
    auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {minimize("m")});
    d.observation_budget = 20;
    if (size) d.sampler = {"latin_hypercube", {{"size", *size}}};
    const auto n = static_cast<std::size_t>(size.value_or(20));
    auto job = contract_job(d, 0, 0, past::ordinary, 3);
    job.count = 4;
    std::set<int> slices;
    for (; job.first < n; job.first += job.count, ++job.seed)
      for (const auto& x : must(suggest_latin_hypercube(job)).candidates)
        slices.insert(static_cast<int>(x.values[1] * static_cast<double>(n)));
    CHECK(slices.size() == n);
  }
}
