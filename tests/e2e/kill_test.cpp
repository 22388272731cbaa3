#include <doctest/doctest.h>

#include <signal.h>

#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {
constexpr int kills = 24, budget = 60;

/// What a process said had ended, before it was killed: all of that was acknowledged.
void collect(const std::string& output, std::map<int, json>& ended) {
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    auto event = json::parse(line, nullptr, false);
    if (event.is_discarded()) continue;  // cut off by the kill
    if (event["event"] == "trial_completed") ended[event["trial"].get<int>()] = event["metrics"];
  }
}
}  // namespace

TEST_CASE("kill -9 at any moment, then the same command: nothing acknowledged is lost and nothing is done twice") {
  scratch here;
  write_job(here, slow_trainer("0.05"), budget, 3);
  std::mt19937 random(20251);
  std::uniform_int_distribution<int> moment(0, 350);
  std::map<int, json> acknowledged;
  for (int i = 0; i < kills; ++i) {
    program run(here, {"run", "job.json", "--format", "json"});
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
    run.signal(SIGKILL);
    auto code = run.wait();
    REQUIRE((code == 137 || code == 0));
    collect(run.output(), acknowledged);
    if (!here.has("vilfredo.db")) continue;
    auto trials = json_of(here, {"export", "loans", "--format", "json"});
    if (!trials.is_array()) continue;  // killed before the experiment was created
    std::map<int, json> stored;
    for (const auto& t : trials)
      if (t["state"] == "completed") stored[t["trial"].get<int>()] = t["metrics"];
    for (const auto& [trial, metrics] : acknowledged) {
      CAPTURE(trial);
      REQUIRE(stored.contains(trial));
      CHECK(stored[trial] == metrics);
    }
  }
  auto last = vilfredo_run(here, {"run", "job.json"});
  INFO(last.out << last.err);
  REQUIRE(last.code == 0);

  auto trials = json_of(here, {"export", "--format", "json"});
  REQUIRE(trials.size() == budget);
  std::set<int> numbers;
  std::map<int, int> attempts;
  for (const auto& t : trials) {
    CHECK(t["state"] == "completed");
    numbers.insert(t["trial"].get<int>());
    attempts[t["trial"].get<int>()] = t["attempt"].get<int>();
  }
  CHECK(numbers.size() == budget);
  for (const auto& [trial, metrics] : acknowledged)
    CHECK(trials[static_cast<std::size_t>(trial) - 1]["metrics"] == metrics);

  // Each attempt was started at most once, and none beyond the one that ended its trial.
  std::istringstream started(here.read("started.txt"));
  std::set<std::pair<int, int>> seen;
  std::string word;
  for (int trial = 0, attempt = 0; started >> word >> trial >> attempt;) {
    CAPTURE(trial);
    CAPTURE(attempt);
    CHECK(seen.emplace(trial, attempt).second);
    CHECK(attempt <= attempts[trial]);
  }
  CHECK(gone(here.folder().string()));
}

TEST_CASE("what a killed process left running is ended before its trial is tried again") {
  scratch here;
  write_job(here,
            "[ -e \"$1/quick\" ] || sleep 600\necho \"{\\\"metrics\\\": {\\\"good\\\": $2, \\\"slow\\\": $3}}\"\n", 2);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 2 started"));
  run.signal(SIGKILL);
  REQUIRE(run.wait() == 137);
  here.write("quick", "");
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  CHECK(gone(here.folder().string()));
  auto trials = json_of(here, {"export", "--format", "json"});
  REQUIRE(trials.size() == 2);
  for (const auto& t : trials) CHECK(t["attempt"] == 2);
}
