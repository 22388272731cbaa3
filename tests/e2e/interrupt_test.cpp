#include <doctest/doctest.h>

#include <signal.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {
/// Takes long, and notes how it was ended.
const std::string stubborn_trainer = R"sh(
trap 'echo term >> "$1/ended.txt"; exit 143' TERM
echo "trial $VILFREDO_TRIAL $VILFREDO_ATTEMPT" >> "$1/started.txt"
[ -e "$1/quick" ] || { sleep 30 & wait $!; }
echo "{\"metrics\": {\"good\": $2, \"slow\": $3}}"
)sh";
}  // namespace

TEST_CASE("the first Ctrl-C waits for the running trials; the same command goes on later") {
  scratch here;
  write_job(here, slow_trainer("0.5"), 6);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 2 started"));
  run.signal(SIGINT);
  CHECK(run.wait() == 130);
  auto status = json_of(here, {"status", "--format", "json"});
  CHECK(status["completed"].get<int>() >= 2);
  CHECK(status["completed"].get<int>() < 6);
  CHECK(status["running"] == 0);
  CHECK(status["returned"] == 0);
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  CHECK(json_of(here, {"status", "--format", "json"})["completed"] == 6);
}

TEST_CASE("the second stops them politely, and they are tried again later") {
  scratch here;
  write_job(here, stubborn_trainer, 4);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 2 started"));
  while (here.read("started.txt").find("trial 2") == std::string::npos) REQUIRE(run.running());
  run.signal(SIGINT);
  CHECK(!run.wait(500ms));
  run.signal(SIGINT);
  CHECK(run.wait(20s) == 130);
  CHECK(here.read("ended.txt").find("term") != std::string::npos);
  CHECK(json_of(here, {"status", "--format", "json"})["returned"] == 2);
  CHECK(gone(here.folder().string()));
  here.write("quick", "");
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  auto status = json_of(here, {"status", "--format", "json"});
  CHECK(status["completed"] == 4);
  CHECK(status["failed"] == 0);
}

TEST_CASE("the third kills what will not go") {
  scratch here;
  auto job = write_job(here, "trap '' TERM INT\nwhile :; do sleep 0.1; done\n", 4);
  job["run"]["grace_seconds"] = 600;
  here.write("job.json", job.dump());
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 2 started"));
  run.signal(SIGINT);
  CHECK(!run.wait(200ms));
  run.signal(SIGINT);
  CHECK(!run.wait(500ms));
  run.signal(SIGINT);
  CHECK(run.wait(20s) == 130);
  CHECK(gone(here.folder().string()));
}

TEST_CASE("SIGTERM stops politely at once") {
  scratch here;
  write_job(here, stubborn_trainer, 4);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 2 started"));
  run.signal(SIGTERM);
  CHECK(run.wait(20s) == 130);
  CHECK(gone(here.folder().string()));
}
