#include "optimizer/design/grid.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
definition gridded() {
  auto d = experiment({integer("n", 1, 3), categorical("k", {"a", "b"}), when(real("x", 0, 1), "k", {"a"})},
                      {minimize("y")});
  d.type = experiment_type::grid;
  d.sampler = {"grid", {{"levels", 3.0}}};
  return d;
}

/// Plans until the last, each going on with the hint of the one before.
std::vector<assignments> whole_grid(plan_job job) {
  std::vector<assignments> out;
  for (int i = 0; i < 1000; ++i) {
    auto made = must(suggest_grid(job));
    out.insert(out.end(), made.candidates.begin(), made.candidates.end());
    if (made.last) return out;
    job.first += made.candidates.size();
    job.hint = made.hint;
  }
  FAIL("the grid does not end");
  return out;
}
}  // namespace

TEST_CASE("plan by plan, every point of the grid comes once and then the last plan") {
  for (std::size_t count : {1, 3, 16, 100}) {
    auto job = contract_job(gridded(), 0, 0, past::ordinary, 1);
    job.count = count;
    auto all = whole_grid(job);
    std::set<std::uint64_t> prints;
    for (const auto& x : all) CHECK(prints.insert(fingerprint(x)).second);
    CHECK(all.size() == 3 * (3 + 1));
  }
}

TEST_CASE("points that are pending or observed are left out") {
  auto job = contract_job(gridded(), 0, 0, past::ordinary, 1);
  auto all = whole_grid(job);
  job.pending = {all[2]};
  observation seen;
  seen.id = {1};
  seen.point = all[5];
  seen.values = {1};
  job.observations.append(seen);
  auto rest = whole_grid(job);
  CHECK(rest.size() == all.size() - 2);
  for (const auto& x : rest) {
    CHECK_FALSE(x == all[2]);
    CHECK_FALSE(x == all[5]);
  }
}

TEST_CASE("a used up grid makes an empty last plan") {
  auto job = contract_job(gridded(), 0, 0, past::ordinary, 1);
  for (const auto& x : whole_grid(job)) job.pending.push_back(x);
  auto made = must(suggest_grid(job));
  CHECK(made.candidates.empty());
  CHECK(made.last);
}

TEST_CASE("a huge grid with a constraint is walked through without counting it") {
  std::vector<parameter> parameters;
  std::vector<linear_constraint::term> terms;
  for (int i = 0; i < 12; ++i) {
    parameters.push_back(real("x" + std::to_string(i), 0, 1));
    terms.push_back({"x" + std::to_string(i), 1});
  }
  auto d = experiment(parameters, {minimize("y")});
  d.space.linear_constraints = {at_least(11.9, terms)};
  auto job = contract_job(d, 0, 0, past::ordinary, 1);
  job.count = 50;
  CHECK(must(suggest_grid(job)).candidates.size() > 0);
}
