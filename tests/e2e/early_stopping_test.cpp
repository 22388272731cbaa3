#include <doctest/doctest.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {

/// Trial 1 reports the best and ends well; the others report worse, and `then` is what they do next.
std::string trainer(const std::string& then) {
  return R"sh(
if [ $VILFREDO_TRIAL = 1 ]; then
  echo '{"step": 1, "metrics": {"good": 9}}'
  echo '{"metrics": {"good": 9, "slow": 1}}'
  exit 0
fi
)sh" + then;
}

void write_halving(const scratch& where, const std::string& script, double grace) {
  auto job = write_job(where, script, 3, 1);
  job["early_stopping"] = {{"name", "asha"}, {"metric", "good"}, {"reduction_factor", 2}};
  job["run"]["grace_seconds"] = grace;
  write(where, "job.json", job.dump());
}

}  // namespace

TEST_CASE("a program that a rule stops is asked politely, and what it had reported is kept") {
  scratch here;
  write_halving(here, trainer(R"sh(
trap 'echo term >> ended.txt; exit 0' TERM
echo '{"step": 1, "metrics": {"good": 2}}'
while :; do sleep 0.01; done
)sh"),
                600);
  auto got = vilfredo_run(here, {"run", "job.json", "--format", "json"});
  REQUIRE(got.code == 0);
  CHECK(got.out.find("\"event\":\"trial_stopped\"") != std::string::npos);
  CHECK(read(here, "ended.txt") == "term\nterm\n");
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 1);
  CHECK(status["stopped"] == 2);
  CHECK(status["failed"] == 0);
  for (const auto& t : json_of(here, {"export"})) {
    if (t["trial"] == 1) continue;
    CHECK(t["state"] == "stopped");
    CHECK(t["metrics"]["good"] == 2);
    CHECK(t["reason"].get<std::string>().starts_with("asha: "));
  }
}

TEST_CASE("a program that will not stop is killed after its grace") {
  scratch here;
  write_halving(here, trainer(R"sh(
trap '' TERM
echo '{"step": 1, "metrics": {"good": 2}}'
while :; do sleep 0.01; done
)sh"),
                0.05);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status"})["stopped"] == 2);
  CHECK(processes_of(here).empty());
}

TEST_CASE("a program that comes to its end all the same is completed after all") {
  scratch here;
  write_halving(here, trainer(R"sh(
trap 'echo "{\"metrics\": {\"good\": 3, \"slow\": 1}}"; exit 0' TERM
echo '{"step": 1, "metrics": {"good": 2}}'
while :; do sleep 0.01; done
)sh"),
                600);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 3);
  CHECK(status["stopped"] == 0);
}

namespace {

/// Three trials of three steps, one at a time: trial 1 is best, so it waits at steps 1 and 2 and goes on. A trainer
/// that expects to be paused waits for the signal, and then does what `at_the_end` says.
void write_promotion(const scratch& where, const std::string& at_the_end) {
  auto job = write_job(where, R"sh(
echo "$VILFREDO_TRIAL $VILFREDO_ATTEMPT ${VILFREDO_RESUME:-0}" >> started.txt
step=0
if [ "$VILFREDO_RESUME" = 1 ]; then step=$(cat "$VILFREDO_CHECKPOINT_DIR/step"); fi
trap ')sh" + at_the_end + R"sh(; exit 0' TERM
good=$((10 - VILFREDO_TRIAL))
while [ $step -lt 3 ]; do
  step=$((step + 1))
  echo "$VILFREDO_TRIAL $step" >> steps.txt
  echo "{\"step\": $step, \"metrics\": {\"good\": $good}}"
  if [ $step -ge $VILFREDO_ATTEMPT ] && [ $step -lt 3 ]; then while :; do sleep 0.01; done; fi
done
echo "{\"metrics\": {\"good\": $good, \"slow\": 1}}"
)sh",
                       3, 1);
  job["early_stopping"] = {
      {"name", "asha"}, {"metric", "good"}, {"reduction_factor", 2}, {"max_steps", 3}, {"mode", "promotion"}};
  job["run"]["grace_seconds"] = 600;
  write(where, "job.json", job.dump());
}

}  // namespace

TEST_CASE("a paused program leaves a checkpoint, frees its slot, and goes on from there when its turn comes") {
  scratch here;
  write_promotion(here, R"sh(echo $step > "$VILFREDO_CHECKPOINT_DIR/step")sh");
  auto got = vilfredo_run(here, {"run", "job.json", "--format", "json"});
  REQUIRE(got.code == 0);
  CHECK(read(here, "started.txt") == "1 1 0\n2 1 0\n1 2 1\n3 1 0\n1 3 1\n");
  CHECK(read(here, "steps.txt") == "1 1\n2 1\n1 2\n3 1\n1 3\n");
  CHECK(got.out.find("\"event\":\"trial_paused\"") != std::string::npos);
  CHECK(got.out.find("\"resumed_from\":2.0,\"anew\":false") != std::string::npos);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 1);
  CHECK(status["stopped"] == 2);
  CHECK(status["paused"] == 0);
  CHECK(status["state"] == "finished");
  CHECK(status["saved"]["steps"] == 4);
  auto all = json_of(here, {"export"});
  REQUIRE(all.size() == 3);
  CHECK(all[0]["state"] == "completed");
  CHECK(all[0]["attempt"] == 3);
  CHECK(all[1]["state"] == "stopped");
  CHECK(all[1]["metrics"]["good"] == 8);
  CHECK(all[1]["reason"].get<std::string>().starts_with("paused: not resumed before the experiment's end (asha: "));
}

TEST_CASE("a paused program that left no checkpoint starts anew, and the store says so") {
  scratch here;
  write_promotion(here, ":");
  auto got = vilfredo_run(here, {"run", "job.json", "--format", "json"});
  REQUIRE(got.code == 0);
  CHECK(read(here, "started.txt") == "1 1 0\n2 1 0\n1 2 0\n3 1 0\n1 3 0\n");
  CHECK(read(here, "steps.txt") == "1 1\n2 1\n1 1\n1 2\n3 1\n1 1\n1 2\n1 3\n");
  CHECK(got.out.find("\"resumed_from\":2.0,\"anew\":true") != std::string::npos);
  CHECK(json_of(here, {"status"})["completed"] == 1);
}

TEST_CASE("a run that is killed while trials are paused goes on with them") {
  scratch here;
  write_promotion(
      here,
      R"sh(echo $step > "$VILFREDO_CHECKPOINT_DIR/step"; [ "$VILFREDO_TRIAL $step" != "3 1" ] || kill -9 $PPID)sh");
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code != 0);
  auto stored = json_of(here, {"status"});
  CHECK(stored["paused"] == 3);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 1);
  CHECK(status["stopped"] == 2);
  CHECK(json_of(here, {"export"})[0]["attempt"] == 3);
}
