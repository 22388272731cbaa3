#include <doctest/doctest.h>

#include <signal.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {

/// A gated trainer that notes SIGTERM and obeys.
const std::string polite_trainer = "trap 'echo term >> ended.txt; exit 143' TERM\n"
                                   "if [ ! -e open ]; then\n"
                                   "  exec 3< gate\n"
                                   "  echo '{\"step\": 1, \"metrics\": {\"good\": 0}}'\n"
                                   "  cat <&3 & wait $!\n"
                                   "fi\n"
                                   "echo \"{\\\"metrics\\\": {\\\"good\\\": $1, \\\"slow\\\": $2}}\"\n";

void need_both_running(program& run) {
  REQUIRE(run.says("trial 1 at step 1"));
  REQUIRE(run.says("trial 2 at step 1"));
}

}  // namespace

TEST_CASE("the first Ctrl-C waits for the running trials; the same command goes on later") {
  scratch here;
  gate held(here);
  write_job(here, gated_trainer, 6);
  program run(here, {"run", "job.json"});
  need_both_running(run);
  run.signal(SIGINT);
  REQUIRE(run.complains("no new trials; waiting for the running ones (Ctrl-C again: stop them)"));
  held.open();
  CHECK(run.wait() == 130);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 2);
  CHECK(status["running"] == 0);
  CHECK(status["returned"] == 0);
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  CHECK(json_of(here, {"status"})["completed"] == 6);
}

TEST_CASE("the second stops them politely, and they are tried again later") {
  scratch here;
  gate held(here);
  write_job(here, polite_trainer, 4);
  program run(here, {"run", "job.json"});
  need_both_running(run);
  run.signal(SIGINT);
  REQUIRE(run.complains("no new trials"));
  run.signal(SIGINT);
  REQUIRE(run.complains("stopping the running trials (Ctrl-C again: kill them)"));
  CHECK(run.wait() == 130);
  CHECK(read(here, "ended.txt") == "term\nterm\n");
  CHECK(json_of(here, {"status"})["returned"] == 2);
  CHECK(processes_of(here).empty());
  held.open();
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 4);
  CHECK(status["failed"] == 0);
}

TEST_CASE("the third kills what will not go") {
  scratch here;
  gate held(here);
  auto job = write_job(here, "trap '' TERM INT\n" + gated_trainer, 4);
  job["run"]["grace_seconds"] = 600;
  write(here, "job.json", job.dump());
  program run(here, {"run", "job.json"});
  need_both_running(run);
  run.signal(SIGINT);
  REQUIRE(run.complains("no new trials"));
  run.signal(SIGINT);
  REQUIRE(run.complains("stopping the running trials"));
  CHECK(processes_of(here).size() >= 2);
  run.signal(SIGINT);
  CHECK(run.wait() == 130);
  CHECK(all_gone(here));
  held.open();
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  CHECK(json_of(here, {"status"})["completed"] == 4);
}

TEST_CASE("SIGTERM and SIGHUP stop politely at once") {
  for (int number : {SIGTERM, SIGHUP}) {
    CAPTURE(number);
    scratch here;
    gate held(here);
    write_job(here, polite_trainer, 4);
    program run(here, {"run", "job.json"});
    need_both_running(run);
    run.signal(number);
    CHECK(run.wait() == 130);
    CHECK(read(here, "ended.txt") == "term\nterm\n");
    CHECK(json_of(here, {"status"})["returned"] == 2);
    CHECK(processes_of(here).empty());
  }
}
