#include <doctest/doctest.h>

#include <signal.h>

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;
using nlohmann::json;

namespace {

constexpr int kills = 24;

/// What a process said had ended before it was killed: all of that was acknowledged.
void collect(const std::string& output, std::map<int, json>& ended) {
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    auto event = json::parse(line, nullptr, false);
    if (event.is_discarded()) continue;  // cut off by the kill
    if (event["event"] == "trial_completed") ended[event["trial"].get<int>()] = event["metrics"];
  }
}

std::map<int, json> by_number(const json& trials) {
  std::map<int, json> out;
  for (const auto& t : trials) out[t["trial"].get<int>()] = t;
  return out;
}

/// A third of the kills by the clock, which meets the opening and the making of the store, the others by what has been
/// said and a little more, which meets trials in all their states.
void kill_somewhere(program& run, int turn, std::mt19937& random) {
  auto any = [&](unsigned most) { return random() % (most + 1); };
  if (turn % 3 == 0) {
    run.wait(milliseconds(any(30)));
  } else {
    run.says_lines(any(50));
    run.wait(milliseconds(any(4)));
  }
  run.signal(SIGKILL);
}

}  // namespace

TEST_CASE("kill -9 at any moment, then the same command: nothing acknowledged is lost and nothing is done twice") {
  scratch here;
  int budget = 400;
  write_job(here, quick_trainer, budget, 4);
  const unsigned seed = 20251;
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::map<int, json> acknowledged;
  std::map<int, int> cut_off;  // trial → attempt that ran when its process was killed
  for (int i = 0, killed = 0; killed < kills; ++i) {
    program run(here, {"run", "job.json", "--format", "json"});
    kill_somewhere(run, i, random);
    auto code = run.wait();
    CAPTURE(run.errors());
    REQUIRE((code == 137 || code == 0));
    killed += code == 137;
    if (code == 0) write_job(here, quick_trainer, budget += 200, 4);  // it was quicker than the kill
    CHECK(all_gone(here));
    collect(run.output(), acknowledged);
    auto trials = json_of(here, {"export", "loans"});
    if (!trials.is_array()) {  // killed before the experiment was made
      CHECK(acknowledged.empty());
      continue;
    }
    auto stored = by_number(trials);
    for (const auto& [trial, metrics] : acknowledged) {
      CAPTURE(trial);
      REQUIRE(stored.contains(trial));
      CHECK(stored[trial]["state"] == "completed");
      CHECK(stored[trial]["metrics"] == metrics);
    }
    for (const auto& [trial, t] : stored)
      if (t["state"] == "running") cut_off[trial] = t["attempt"].get<int>();
  }
  CHECK(!acknowledged.empty());
  CHECK(!cut_off.empty());
  auto last = vilfredo_run(here, {"run", "job.json"});
  INFO(last.out << last.err);
  REQUIRE(last.code == 0);

  auto ended = by_number(json_of(here, {"export"}));
  REQUIRE(ended.size() == static_cast<std::size_t>(budget));
  for (const auto& [trial, t] : ended) {
    CHECK(t["state"] == "completed");
    if (acknowledged.contains(trial)) CHECK(t["metrics"] == acknowledged[trial]);
    if (cut_off.contains(trial)) CHECK(t["attempt"].get<int>() > cut_off[trial]);
  }
  auto status = json_of(here, {"status"});
  CHECK(status["state"] == "finished");
  CHECK(status["completed"] == budget);
  for (const char* none : {"failed", "running", "returned", "queued"}) CHECK(status[none] == 0);

  // Each attempt was started at most once, and none beyond the one that ended its trial.
  std::istringstream started(read(here, "started.txt"));
  std::set<std::pair<int, int>> seen;
  std::string word;
  for (int trial = 0, attempt = 0; started >> word >> trial >> attempt;) {
    CAPTURE(trial);
    CAPTURE(attempt);
    CHECK(seen.emplace(trial, attempt).second);
    CHECK(attempt <= ended[trial]["attempt"].get<int>());
  }
  CHECK(processes_of(here).empty());
}

TEST_CASE("what a killed process left running is ended before its trial is tried again") {
  scratch here;
  gate held(here);
  // The trainer itself dies with vilfredo; what it has started does not.
  write_job(here, "(sleep 1000) &\n" + gated_trainer, 2);
  program run(here, {"run", "job.json"});
  REQUIRE(run.says("trial 1 at step 1"));
  REQUIRE(run.says("trial 2 at step 1"));
  const auto writes = "process " + std::to_string(run.pid()) + " writes the store\n";
  CHECK(vilfredo_run(here, {"status"}).out.find(writes) != std::string::npos);
  run.signal(SIGKILL);
  REQUIRE(run.wait() == 137);
  // What is stored does not know of it, but whoever looks should.
  auto left = vilfredo_run(here, {"status"}).out;
  CHECK(left.find("2 running") != std::string::npos);
  CHECK(left.find("no process writes the store, so nothing of it runs") != std::string::npos);
  CHECK(processes_of(here).size() >= 2);
  held.open();
  CHECK(vilfredo_run(here, {"run", "job.json"}).code == 0);
  CHECK(processes_of(here).empty());
  auto trials = json_of(here, {"export"});
  REQUIRE(trials.size() == 2);
  for (const auto& t : trials) CHECK(t["attempt"] == 2);
}
