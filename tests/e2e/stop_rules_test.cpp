#include <doctest/doctest.h>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {

/// What became of an experiment of at most 40 trials, one at a time, that ends by `rules`: its trials reach step 5 and
/// cost 3 each; none but the first is any good.
struct ended {
  int code = 0;
  nlohmann::json status;
  std::string last_words;
};

ended run_with(const scratch& here, const nlohmann::json& rules) {
  auto job = write_job(here, R"sh(
good=0; [ $VILFREDO_TRIAL = 1 ] && good=1
echo "{\"step\": 2, \"metrics\": {\"good\": $good}}"
echo "{\"step\": 5, \"metrics\": {\"good\": $good}}"
echo "{\"metrics\": {\"good\": $good, \"slow\": 9, \"dollars\": 3}}"
)sh",
                       40, 1);
  job["metrics"].push_back({{"name", "dollars"}, {"strategy", "store"}});
  job["stop_when"] = rules;
  write(here, "job.json", job.dump());
  ended out;
  out.code = vilfredo_run(here, {"run", "job.json", "--quiet"}).code;
  out.status = json_of(here, {"status"});
  out.last_words = vilfredo_run(here, {"resume", "loans"}).err;
  return out;
}

bool says(const ended& x, const std::string& words) { return x.last_words.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("an experiment ends when its trials have run the steps that it was given") {
  scratch here;
  auto got = run_with(here, {{"steps", 12}});
  CHECK(got.code == 0);
  CHECK(got.status["state"] == "stopped");
  CHECK(got.status["completed"] == 3);
  CHECK(says(got, "stop_when.steps"));
}

TEST_CASE("an experiment ends when a metric has come to what it may cost") {
  scratch here;
  auto got = run_with(here, {{"cost", {{"dollars", 10}}}});
  CHECK(got.code == 0);
  CHECK(got.status["state"] == "stopped");
  CHECK(got.status["completed"] == 4);
  CHECK(says(got, "stop_when.cost"));
}

TEST_CASE("an experiment ends when an improvement has become improbable") {
  scratch here;
  // After k trials without one, one of the next 5 improves with probability 5 / (5 + k + 1): 0.2 at k = 19.
  auto got = run_with(here, {{"stagnation", {{"observations", 5}, {"probability", 0.2}}}});
  CHECK(got.code == 0);
  CHECK(got.status["state"] == "stopped");
  CHECK(got.status["completed"].get<int>() >= 20);
  CHECK(got.status["completed"].get<int>() <= 22);
  CHECK(says(got, "stop_when.stagnation"));
}

TEST_CASE("a rule that is raised lets the experiment go on to the next end") {
  scratch here;
  REQUIRE(run_with(here, {{"steps", 12}}).status["completed"] == 3);
  auto further = run_with(here, {{"steps", 31}});
  CHECK(further.code == 0);
  CHECK(further.status["completed"] == 7);
}
