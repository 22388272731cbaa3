#include <doctest/doctest.h>

#include <algorithm>

#include "tests/e2e/jobs.hpp"
#include "tests/support/bad_jobs.hpp"

using namespace vilfredo::test;
using namespace vilfredo::tests;

namespace {

/// What is said of input that is refused: one sentence, exit code 2, and no trace of it on the disk.
std::string refused(const scratch& here, std::vector<std::string> words) {
  auto got = vilfredo_run(here, std::move(words));
  CAPTURE(got.err);
  CHECK(got.code == 2);
  CHECK(got.out == "");
  CHECK(got.err.starts_with("vilfredo: "));
  CHECK(std::ranges::count(got.err, '\n') == 1);
  CHECK(!has(here, "vilfredo.db"));
  CHECK(!has(here, "vilfredo.db.lock"));
  CHECK(!has(here, "vilfredo.db.trials"));
  return got.err;
}

}  // namespace

TEST_CASE("every bad job file is refused with its sentence, and leaves no store") {
  auto files = files_in(source("tests/data/bad_jobs"), ".json");
  REQUIRE(files.size() >= 120);
  scratch here;
  for (const auto& file : files) {
    CAPTURE(file);
    auto name = file.filename().string();
    std::filesystem::copy_file(file, here / name);
    CHECK(refused(here, {"run", name}) == "vilfredo: " + expected_sentence(file, contents(file)) + "\n");
  }
}

TEST_CASE("validate says the same as run, and to programs as an object") {
  scratch here;
  auto job = write_job(here, quick_trainer, 3);
  job["metrcs"] = job["metrics"];
  write(here, "bad.json", job.dump());
  auto sentence = refused(here, {"run", "bad.json"});
  CHECK(refused(here, {"validate", "bad.json"}) == sentence);
  auto told = vilfredo_run(here, {"validate", "bad.json", "--format", "json"});
  CHECK(told.code == 2);
  CHECK(told.err == "");
  auto object = nlohmann::json::parse(told.out, nullptr, false);
  CHECK(object["valid"] == false);
  CHECK("vilfredo: " + object["error"].get<std::string>() + "\n" == sentence);
}

TEST_CASE("what only the program can know of a job is refused, too") {
  scratch here;
  auto job = write_job(here, quick_trainer, 3);
  job["sampler"] = "tpee";
  write(here, "bad.json", job.dump());
  for (const char* verb : {"run", "validate"})
    CHECK(refused(here, {verb, "bad.json"}).find("did you mean \"tpe\"") != std::string::npos);
  job.erase("sampler");
  job["run"]["directory"] = "nowhere";
  write(here, "bad.json", job.dump());
  CHECK(refused(here, {"run", "bad.json"}) ==
        "vilfredo: bad.json: run.directory: there is no folder " + (here / "nowhere").string() + "\n");
  job.erase("run");
  write(here, "bad.json", job.dump());
  CHECK(refused(here, {"run", "bad.json"}).find("\"run\" is missing") != std::string::npos);
  job = write_job(here, quick_trainer, 3);
  job["run"]["resources"]["gpus"] = 1;
  write(here, "bad.json", job.dump());
  CHECK(refused(here, {"run", "bad.json"}).find("--gpus") != std::string::npos);
}

TEST_CASE("a program that is not there is refused before it has cost the budget") {
  scratch here;
  auto job = write_job(here, quick_trainer, 3);
  job["run"]["command"] = {"./trial.sh", "{x}"};
  write(here, "bad.json", job.dump());
  for (const char* verb : {"run", "validate"})
    CHECK(refused(here, {verb, "bad.json"}) ==
          "vilfredo: bad.json: cannot start \"./trial.sh\": No such file or directory (run.command[0], looked in " +
              here.path().string() + "/)\n");
  write(here, "trial.sh", "#!/bin/sh\n");
  CHECK(refused(here, {"run", "bad.json"}).find("chmod +x makes a file a program") != std::string::npos);
  job["run"]["command"] = {"trial.sh", "{x}"};
  write(here, "bad.json", job.dump());
  CHECK(refused(here, {"run", "bad.json"}).find("looked in PATH; to start the one in") != std::string::npos);

  // Where trials look for it is what counts, and a name that is an assignment is known later.
  std::filesystem::permissions(here / "trial.sh", std::filesystem::perms::owner_all);
  job["run"]["environment"] = {{"PATH", here.path().string()}};
  write(here, "good.json", job.dump());
  CHECK(vilfredo_run(here, {"validate", "good.json"}).code == 0);
  job["run"]["command"] = {"{x}"};
  write(here, "good.json", job.dump());
  CHECK(vilfredo_run(here, {"validate", "good.json"}).code == 0);
}

TEST_CASE("what is not there, and what is not said, is refused") {
  scratch here;
  refused(here, {"run", "missing.json"});
  refused(here, {"run"});
  refused(here, {"rnu", "job.json"});
  refused(here, {});
  for (const char* reader : {"list", "status", "trials", "pareto", "importances", "export"}) refused(here, {reader});
  for (const char* writer : {"pause", "resume", "archive"}) refused(here, {writer, "loans"});
}
