#include <doctest/doctest.h>

#include <signal.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

TEST_CASE("a paused experiment is not run until it is resumed") {
  scratch here;
  gate held(here);
  auto job = write_job(here, gated_trainer, 3, 1);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 1 at step 1"));
  run.signal(SIGTERM);
  REQUIRE(run.wait() == 130);
  held.open();
  CHECK(vilfredo_run(here, {"pause", "loans"}).out == "Experiment \"loans\" is paused.\n");
  auto refused = vilfredo_run(here, {"run", "job.json"});
  CHECK(refused.code == 2);
  CHECK(refused.err == "vilfredo: experiment \"loans\" is paused; vilfredo resume lets it go on\n");
  CHECK(vilfredo_run(here, {"resume", "loans"}).out == "Experiment \"loans\" is resumed.\n");
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status"})["completed"] == 3);
}

TEST_CASE("what a rule has stopped is resumed by an edit of the rule, and by nothing else") {
  scratch here;
  auto job = write_job(here, "[ -e well ] || exit 3\n" + quick_trainer, 9, 1);
  job["stop_when"] = {{"failed", 2}};
  write(here, "job.json", job.dump());
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 1);
  CHECK(json_of(here, {"status"})["state"] == "stopped");
  auto refused = vilfredo_run(here, {"resume", "loans"});
  CHECK(refused.code == 2);
  CHECK(refused.out == "");
  CHECK(refused.err == "vilfredo: \"loans\" was stopped by stop_when.failed (2 observations have failed) and would be "
                       "again at once; raise it or take it out of the job file, then run the job\n");
  write(here, "well", "");
  job["stop_when"]["failed"] = 3;
  write(here, "job.json", job.dump());
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto status = json_of(here, {"status"});
  CHECK(status["state"] == "finished");
  CHECK(status["failed"] == 2);
  CHECK(status["completed"] == 7);
  auto spent = vilfredo_run(here, {"resume", "loans"});
  CHECK(spent.code == 2);
  CHECK(spent.err == "vilfredo: the budget of \"loans\" is spent; raise observation_budget in the job file, then run "
                     "the job\n");
}
