#include <doctest/doctest.h>

#include <sys/resource.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;
using namespace std::chrono_literals;

TEST_CASE("a disk that is full from the start is a clear error") {
  scratch here;
  write_job(here, quick_trainer, 5);
  auto got = vilfredo_run(here, {"run", "job.json"}, {1000, std::nullopt, {}});
  CAPTURE(got.err);
  CHECK(got.code != 0);
  CHECK(got.code < 128);
  CHECK(got.err.starts_with("vilfredo: "));
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status", "--format", "json"})["completed"] == 5);
}

TEST_CASE("a disk that fills up is told, loses nothing, and the run goes on when there is space") {
  scratch here;
  write_job(here, quick_trainer, 400, 4);
  program run(here, {"run", "job.json", "--quiet"}, {120'000, std::nullopt, {}});
  auto told = [&] { return run.errors().find("cannot reach its store") != std::string::npos; };
  for (int i = 0; i < 3000 && !told() && run.running(); ++i) run.wait(10ms);
  REQUIRE(told());
  REQUIRE(run.running());
  auto before = json_of(here, {"export", "--format", "json"});
  REQUIRE(before.is_array());

  rlimit limit{};
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, &limit, nullptr) == 0);
  CHECK(run.wait() == 0);
  auto after = json_of(here, {"export", "--format", "json"});
  REQUIRE(after.size() == 400);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i]["state"] != "completed") continue;
    ++kept;
    CHECK(after[i]["metrics"] == before[i]["metrics"]);
  }
  CHECK(kept > 0);
  for (const auto& t : after) CHECK(t["state"] == "completed");
  CHECK(run.errors().find("the trouble is over") != std::string::npos);
}
