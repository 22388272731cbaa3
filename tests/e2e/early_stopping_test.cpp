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
  job["early_stopping"] = {{"policy", "asha"}, {"metric", "good"}, {"reduction_factor", 2}};
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
