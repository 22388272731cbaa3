#include <doctest/doctest.h>

#include <csignal>
#include <sys/resource.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {
const std::string no_room = " may not grow beyond this process's limit of file size: raise it (ulimit -f); nothing was "
                            "acknowledged that is not "
                            "stored\n";
}  // namespace

// A limit on the size of files stands for the disk: writing beyond it fails as on a full one, and it can be lifted.

TEST_CASE("a disk that is full from the start is a clear error, and the same command works when there is space") {
  scratch here;
  write_job(here, quick_trainer, 5);
  program_options full;
  full.largest_file_bytes = 1000;
  auto got = vilfredo_run(here, {"run", "job.json"}, full);
  CHECK(got.code == 1);
  CHECK(got.out == "");
  CHECK(got.err == "vilfredo: the store " + (here / "vilfredo.db").string() + no_room);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status"})["completed"] == 5);
}

TEST_CASE("a disk that fills up is told, loses nothing, and the run goes on when there is space") {
  constexpr int budget = 300;
  scratch here;
  write_job(here, quick_trainer, budget, 4);
  program_options small;
  small.largest_file_bytes = 120'000;
  program run(here, {"run", "job.json", "--quiet"}, small);
  REQUIRE(run.complains("experiment 1 cannot reach its store: "));
  auto before = json_of(here, {"export"});
  REQUIRE(before.is_array());

  rlimit limit{};
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, &limit, nullptr) == 0);
  CHECK(run.wait() == 0);
  CHECK(run.errors().find("the trouble is over") != std::string::npos);
  auto after = json_of(here, {"export"});
  REQUIRE(after.size() == budget);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i]["state"] != "completed") continue;
    ++kept;
    for (auto* t : {&before[i], &after[i]}) t->erase("front");  // others may have beaten it since
    CHECK(after[i] == before[i]);
  }
  CHECK(kept > 0);
  CHECK(kept < budget);
  for (const auto& t : after) CHECK(t["state"] == "completed");
}

TEST_CASE("who is told to go does not wait for a full disk") {
  scratch here;
  write_job(here, quick_trainer, 300, 4);
  program_options small;
  small.largest_file_bytes = 120'000;
  program run(here, {"run", "job.json", "--quiet"}, small);
  REQUIRE(run.complains("experiment 1 cannot reach its store: "));
  // From now on there is no room for anything.
  rlimit limit{};
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = 1;
  REQUIRE(prlimit(run.pid(), RLIMIT_FSIZE, &limit, nullptr) == 0);
  auto told = json_of(here, {"status"})["completed"].get<int>();
  run.signal(SIGTERM);
  CHECK(run.wait() == 130);
  CHECK(run.errors().find("the next run tries them again") != std::string::npos);
  CHECK(json_of(here, {"status"})["completed"] == told);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status"})["completed"] == 300);
}

TEST_CASE("a store that may only be read is refused to a run and shown to readers") {
  scratch here;
  write_job(here, quick_trainer, 3);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto stored = read(here, "vilfredo.db");
  std::filesystem::permissions(here / "vilfredo.db", std::filesystem::perms(0444));
  auto job = write_job(here, quick_trainer, 6);
  program_options plain;
  plain.obeys_permissions = true;
  auto got = vilfredo_run(here, {"run", "job.json"}, plain);
  REQUIRE(got.code != 126);  // this superuser cannot be made to obey
  CHECK(got.code == 1);
  CHECK(got.out == "");
  CHECK(got.err == "vilfredo: the store " + (here / "vilfredo.db").string() +
                       " cannot be written: make the file and its directory writable; nothing was acknowledged that is "
                       "not stored\n");
  CHECK(read(here, "vilfredo.db") == stored);
  auto seen = vilfredo_run(here, {"trials", "--format", "csv"}, plain);
  CHECK(seen.code == 0);
  CHECK(std::ranges::count(seen.out, '\n') == 4);
}
