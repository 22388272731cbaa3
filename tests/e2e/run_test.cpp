#include <doctest/doctest.h>

#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;
using nlohmann::json;

TEST_CASE("a job runs to its end, tells of it, and started again does nothing more") {
  scratch here;
  write_job(here, quick_trainer, 12);
  auto first = vilfredo_run(here, {"run", "job.json"});
  INFO(first.out << first.err);
  REQUIRE(first.code == 0);
  CHECK(first.err == "");
  CHECK(first.out.find("12 of 12 trials ended: 12 completed, 0 failed") != std::string::npos);
  CHECK(first.out.find("Pareto front") != std::string::npos);
  CHECK(first.out.find("Best by each metric") != std::string::npos);
  CHECK(first.out.ends_with("Show it again: vilfredo pareto loans --store vilfredo.db\n"));
  auto trials = json_of(here, {"export"});
  REQUIRE(trials.size() == 12);
  std::set<int> numbers;
  for (const auto& t : trials) {
    CHECK(t["state"] == "completed");
    // What the program was given is what is kept, to the last bit.
    CHECK(t["metrics"]["good"] == t["assignments"]["x"]);
    CHECK(t["metrics"]["slow"] == t["assignments"]["n"]);
    numbers.insert(t["trial"].get<int>());
  }
  CHECK(numbers.size() == 12);

  auto again = vilfredo_run(here, {"run", "job.json"});
  CHECK(again.code == 0);
  CHECK(again.out.find("started") == std::string::npos);
  CHECK(json_of(here, {"export"}) == trials);
  CHECK(processes_of(here).empty());
}

TEST_CASE("each reading verb answers in each format") {
  scratch here;
  write_job(here, quick_trainer, 8);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  for (const char* verb : {"list", "status", "trials", "pareto", "best"}) {
    CAPTURE(verb);
    auto table = vilfredo_run(here, {verb});
    CHECK(table.code == 0);
    CHECK(!table.out.empty());
    CHECK(!json_of(here, {verb}).is_discarded());
  }
  auto csv = vilfredo_run(here, {"export"});
  CHECK(std::ranges::count(csv.out, '\n') == 9);
  CHECK(vilfredo_run(here, {"pareto", "loans"}).out.find("●") != std::string::npos);
  CHECK(vilfredo_run(here, {"export", "-o", "all.csv"}).code == 0);
  CHECK(read(here, "all.csv") == csv.out);
}

TEST_CASE("what cannot be printed has not been done") {
  scratch here;
  write_job(here, quick_trainer, 2);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  for (const char* verb : {"list", "status", "trials", "pareto", "export"}) {
    CAPTURE(verb);
    auto command =
        "cd '" + here.path().string() + "' && " VILFREDO_BINARY_DIR "/vilfredo " + verb + " > /dev/full 2> said.txt";
    auto status = std::system(command.c_str());
    CHECK(WEXITSTATUS(status) == 1);
    CHECK(read(here, "said.txt") == "vilfredo: standard output cannot be written: No space left on device\n");
  }
}

TEST_CASE("a greater budget goes on, other parameters are refused with what to do") {
  scratch here;
  auto job = write_job(here, quick_trainer, 4);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  job["observation_budget"] = 7;
  job["metrics"][1]["threshold"] = 5;
  write(here, "job.json", job.dump());
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto status = json_of(here, {"status"});
  CHECK(status["ended"] == 7);
  CHECK(status["budget"] == 7);

  job["parameters"][0]["bounds"]["max"] = 2;
  write(here, "job.json", job.dump());
  auto refused = vilfredo_run(here, {"run", "job.json"});
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "vilfredo: experiment \"loans\" was started with another definition: parameter \"x\" differs; choose another "
        "name, or put it away first: vilfredo archive loans\n");
  CHECK(vilfredo_run(here, {"archive", "loans"}).code == 0);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"list"}).size() == 2);
}

TEST_CASE("a run of which no trial completes has failed, and says why") {
  scratch here;
  write_job(here, "echo 'no such data set' >&2; exit 3\n", 3);
  auto got = vilfredo_run(here, {"run", "job.json"});
  CHECK(got.code == 1);
  CHECK(got.out.find("3 failed") != std::string::npos);
  CHECK(got.out.find("no such data set") != std::string::npos);
  CHECK(got.err == "vilfredo: no trial of \"loans\" completed\n");
}

TEST_CASE("a run whose first trials all fail alike ends before the budget is spent, and goes on once that is mended") {
  scratch here;
  auto job = write_job(here, "echo 'no module named torch' >&2; exit 3\n", 40);
  auto got = vilfredo_run(here, {"run", "job.json"});
  CHECK(got.code == 1);
  CHECK(got.err.find("the first 10 trials all failed, as with \"exit code 3: no module named torch\": no new trials") !=
        std::string::npos);
  auto status = json_of(here, {"status"});
  CHECK(status["state"] == "active");
  auto ended = status["ended"].get<int>();
  CHECK(ended >= 10);
  CHECK(ended < 40);
  write(here, "trainer.sh", quick_trainer);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"status"})["ended"] == 40);

  // Who says how many may fail is believed.
  job["name"] = "hard";
  job["stop_when"] = {{"failed", 30}};
  write(here, "trainer.sh", "exit 3\n");
  write(here, "job.json", job.dump());
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 1);
  CHECK(json_of(here, {"status", "hard"})["failed"] >= 30);
}

TEST_CASE("a program that is removed while a run lasts does not cost the rest of the budget") {
  scratch here;
  auto job = write_job(here, quick_trainer, 60, 1);
  write(here, "train", "#!/bin/sh\n" + quick_trainer + "[ \"$VILFREDO_TRIAL\" -lt 12 ] || rm -f train\n");
  std::filesystem::permissions(here / "train", std::filesystem::perms::owner_all);
  job["run"]["command"] = {"./train", "{x}", "{n}"};
  write(here, "job.json", job.dump());
  auto got = vilfredo_run(here, {"run", "job.json", "--quiet"});
  CHECK(got.code == 1);
  CHECK(got.err.find("10 trials in a row failed, as with \"could not start: ") != std::string::npos);
  auto status = json_of(here, {"status"});
  CHECK(status["completed"] == 12);
  CHECK(status["failed"] >= 10);
  CHECK(status["failed"] < 48);
}

TEST_CASE("more trials at a time than the machine has descriptors for are slower, and none of them fails") {
  scratch here;
  write_job(here, "sleep 0.1\n" + quick_trainer, 60, 40);
  program_options small;
  small.most_descriptors = 64;
  auto got = vilfredo_run(here, {"run", "job.json", "--quiet"}, small);
  CHECK(got.code == 0);
  CHECK(got.err.find("this machine refuses to start a trial: cannot start \"/bin/sh\": Too many open files") !=
        std::string::npos);
  CHECK(json_of(here, {"status"})["completed"] == 60);
}

TEST_CASE("init writes a job that is sound and runs, and overwrites nothing") {
  scratch here;
  CHECK(vilfredo_run(here, {"init"}).code == 0);
  auto text = read(here, "job.json");
  CHECK(vilfredo_run(here, {"init"}).code == 2);
  CHECK(read(here, "job.json") == text);
  CHECK(vilfredo_run(here, {"validate", "job.json"}).code == 0);
  auto ran = vilfredo_run(here, {"run", "job.json"});
  INFO(ran.out << ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("30 completed, 0 failed") != std::string::npos);
}

TEST_CASE("with --format json every line is an object, and the last one is the result") {
  scratch here;
  write_job(here, quick_trainer, 5);
  auto got = vilfredo_run(here, {"run", "job.json", "--format", "json"});
  REQUIRE(got.code == 0);
  CHECK(got.err == "");
  std::istringstream in(got.out);
  json last;
  std::map<std::string, int> events;
  for (std::string line; std::getline(in, line);) {
    last = json::parse(line, nullptr, false);
    REQUIRE(last.is_object());
    REQUIRE(last.contains("event"));
    ++events[last["event"].get<std::string>()];
  }
  CHECK(events["trial_started"] == 5);
  CHECK(events["trial_completed"] == 5);
  CHECK(events["run_ended"] == 1);
  CHECK(last["event"] == "run_ended");
  CHECK(last["completed"] == 5);
  CHECK(last["state"] == "finished");
  CHECK(last["front"].size() >= 1);

  auto quiet = vilfredo_run(here, {"run", "job.json", "--format", "json", "--quiet"});
  CHECK(json::parse(quiet.out, nullptr, false)["event"] == "run_ended");
}

TEST_CASE("a second process is refused while the first runs, and may read") {
  scratch here;
  gate held(here);
  write_job(here, gated_trainer, 2, 1);
  program first(here, {"run", "job.json"});
  REQUIRE(first.says("trial 1 at step 1"));
  const std::string in_use = "vilfredo: the store " + (here / "vilfredo.db").string() + " is in use by process " +
                             std::to_string(first.pid()) + ": wait until it ends, stop it, or use another store\n";
  for (std::vector<std::string> writer : {std::vector<std::string>{"run", "job.json"}, {"pause", "loans"}}) {
    auto second = vilfredo_run(here, writer);
    CHECK(second.code == 2);
    CHECK(second.out == "");
    CHECK(second.err == in_use);
  }
  auto status = json_of(here, {"status"});
  CHECK(status["name"] == "loans");
  CHECK(status["running"] == 1);
  held.open();
  CHECK(first.wait() == 0);
}
