#include <doctest/doctest.h>

#include <algorithm>
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
  auto trials = json_of(here, {"export", "--format", "json"});
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
  CHECK(json_of(here, {"export", "--format", "json"}) == trials);
  CHECK(gone(here.folder().string()));
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
    CHECK(!json_of(here, {verb, "--format", "json"}).is_discarded());
  }
  auto csv = vilfredo_run(here, {"export"});
  CHECK(std::count(csv.out.begin(), csv.out.end(), '\n') == 9);
  CHECK(vilfredo_run(here, {"pareto", "loans"}).out.find("●") != std::string::npos);
  CHECK(vilfredo_run(here, {"export", "-o", "all.csv"}).code == 0);
  CHECK(here.read("all.csv") == csv.out);
}

TEST_CASE("a greater budget goes on, other parameters are refused with what to do") {
  scratch here;
  auto job = write_job(here, quick_trainer, 4);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  job["observation_budget"] = 7;
  job["metrics"][1]["threshold"] = 5;
  here.write("job.json", job.dump());
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  auto status = json_of(here, {"status", "--format", "json"});
  CHECK(status["ended"] == 7);
  CHECK(status["budget"] == 7);

  job["parameters"][0]["bounds"]["max"] = 2;
  here.write("job.json", job.dump());
  auto refused = vilfredo_run(here, {"run", "job.json"});
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "vilfredo: experiment \"loans\" was started with another definition: parameter \"x\" differs; choose another "
        "name or archive it\n");
  CHECK(vilfredo_run(here, {"archive", "loans"}).code == 0);
  CHECK(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  CHECK(json_of(here, {"list", "--format", "json"}).size() == 2);
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

TEST_CASE("bad input is refused with one sentence, code 2, and no store") {
  scratch here;
  auto refused = [&](std::vector<std::string> words) {
    auto got = vilfredo_run(here, std::move(words));
    CAPTURE(got.err);
    CHECK(got.code == 2);
    CHECK(got.err.starts_with("vilfredo: "));
    CHECK(std::count(got.err.begin(), got.err.end(), '\n') == 1);
    CHECK(!here.has("vilfredo.db"));
    return got.err;
  };
  auto job = write_job(here, quick_trainer, 3);
  job["metrcs"] = job["metrics"];
  here.write("bad.json", job.dump());
  CHECK(refused({"run", "bad.json"}).find("metrcs") != std::string::npos);
  job.erase("metrcs");
  job["sampler"] = "tpee";
  here.write("bad.json", job.dump());
  CHECK(refused({"run", "bad.json"}).find("did you mean \"tpe\"") != std::string::npos);
  CHECK(refused({"validate", "bad.json"}).find("did you mean \"tpe\"") != std::string::npos);
  job["sampler"] = "auto";
  job.erase("run");
  here.write("bad.json", job.dump());
  CHECK(refused({"run", "bad.json"}).find("\"run\" is missing") != std::string::npos);
  job = write_job(here, quick_trainer, 3);
  job["run"]["resources"]["gpus"] = 1;
  here.write("bad.json", job.dump());
  CHECK(refused({"run", "bad.json"}).find("--gpus") != std::string::npos);
  refused({"run", "missing.json"});
  refused({"run"});
  refused({"status"});
  refused({"archive", "loans"});
}

TEST_CASE("init writes a job that is sound and runs, and overwrites nothing") {
  scratch here;
  CHECK(vilfredo_run(here, {"init"}).code == 0);
  auto text = here.read("job.json");
  CHECK(vilfredo_run(here, {"init"}).code == 2);
  CHECK(here.read("job.json") == text);
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
  std::istringstream in(got.out);
  json last;
  int completed = 0;
  for (std::string line; std::getline(in, line);) {
    last = json::parse(line, nullptr, false);
    REQUIRE(last.is_object());
    CHECK(last.contains("event"));
    completed += last["event"] == "trial_completed";
  }
  CHECK(completed == 5);
  CHECK(last["event"] == "run_ended");
  CHECK(last["completed"] == 5);
}

TEST_CASE("a second process is refused while the first runs, and may read") {
  scratch here;
  write_job(here, slow_trainer("0.2"), 8, 1);
  program first(here, {"run", "job.json"});
  REQUIRE(first.says("trial 1 started"));
  auto second = vilfredo_run(here, {"run", "job.json"});
  CHECK(second.code != 0);
  CHECK(second.err.find(std::to_string(first.pid())) != std::string::npos);
  auto status = json_of(here, {"status", "--format", "json"});
  CHECK(status["name"] == "loans");
  CHECK(status["running"].get<int>() <= 1);
  CHECK(first.wait() == 0);
}

TEST_CASE("on a terminal one screen is drawn in place, fits it, and gives way to the summary") {
  scratch here;
  write_job(here, slow_trainer("0.1"), 12);
  program run(here, {"run", "job.json"}, {std::nullopt, {{80, 24}}, {"NO_COLOR=1", "TERM=xterm", "LC_ALL=C.UTF-8"}});
  REQUIRE(run.says("Running"));
  run.resize(40, 12);
  CHECK(run.says("\033[H\033[2J"));
  REQUIRE(run.wait() == 0);
  auto text = run.output();
  CHECK(text.find("12/12") != std::string::npos);
  CHECK(text.find("trials/min") != std::string::npos);
  CHECK(text.find("\033[3") == std::string::npos);  // no colour
  CHECK(text.find("Show it again: vilfredo pareto loans --store vilfredo.db") != std::string::npos);
  CHECK(text.rfind("\033[?25h") > text.rfind("\033[?25l"));
}
