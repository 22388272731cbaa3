#include "optimizer/keep.hpp"

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {
plan_job job_with(std::size_t n) { return contract_job(simple_experiment(), n, 0, past::ordinary, 1); }
}  // namespace

TEST_CASE("what was kept is there for the next plan, and a longer history changes nothing") {
  auto job = job_with(5);
  job.hint = write_kept(job, "mine", {5, 4, {0, 3, 4}});
  auto longer = job_with(9);
  longer.hint = job.hint;
  for (const auto& next : {job, longer}) {
    const auto got = read_kept(next, "mine");
    CHECK(got.seen == 5);
    CHECK(got.noted == 4);
    CHECK(got.places == std::vector<std::size_t>{0, 3, 4});
  }
}

TEST_CASE("nothing is kept when an observation was deleted, or the hint is another's or damaged") {
  auto job = job_with(5);
  job.hint = write_kept(job, "mine", {5, 4, {0, 3, 4}});
  auto fewer = job;
  fewer.observations.erase(1);
  CHECK(read_kept(fewer, "mine").seen == 0);
  CHECK(read_kept(job, "yours").seen == 0);
  auto damaged = job;
  damaged.hint.pop_back();
  CHECK(read_kept(damaged, "mine").places.empty());
  auto beyond = job;
  beyond.hint = write_kept(job, "mine", {5, 5, {5}});
  CHECK(read_kept(beyond, "mine").places.empty());
}
