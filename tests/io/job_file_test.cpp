#include "io/job_file.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/definition_codec.hpp"
#include "io/json_text.hpp"
#include "tests/support/bad_jobs.hpp"
#include "tests/support/files.hpp"
#include "tests/support/mutate.hpp"

using namespace vilfredo;
using io::read_job;
using io::read_job_file;
using tests::contents;
using tests::expected_sentence;
using tests::files_in;
using tests::source;

TEST_CASE("each bad job file gets its exact sentence") {
  auto files = files_in(source("tests/data/bad_jobs"), ".json");
  REQUIRE(files.size() >= 120);
  for (const auto& file : files) {
    auto text = contents(file);
    auto read = read_job(text, file.filename().string());
    REQUIRE_FALSE_MESSAGE(read, file);
    CHECK(read.error().code == errc::invalid);
    CHECK(read.error().message == expected_sentence(file, text));
  }
}

TEST_CASE("every job file in configs/jobs is read, and reads back from its own JSON") {
  auto files = files_in(source("configs/jobs"), ".json");
  REQUIRE(files.size() >= 2);
  for (const auto& file : files) {
    auto read = read_job_file(file);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    auto again = io::read_definition(io::to_json(*read));
    REQUIRE(again);
    CHECK(*again == *read);
  }
}

TEST_CASE("the example of every option uses every option") {
  auto parsed = io::parse_json(contents(source("configs/jobs/every-option.json")), io::json_style::relaxed);
  REQUIRE(parsed);
  auto schema = io::parse_json(contents(source("configs/job.schema.json")));
  REQUIRE(schema);
  for (const auto& [key, about] : (*schema)["properties"].items()) CHECK_MESSAGE(parsed->contains(key), key);
  auto uses = [&](const std::string& object, const nlohmann::json& list) {
    for (const auto& [key, about] : (*schema)["$defs"][object]["properties"].items()) {
      bool used = false;
      for (const auto& x : list) used = used || x.contains(key);
      CHECK_MESSAGE(used, object << "." << key);
    }
  };
  uses("parameter", (*parsed)["parameters"]);
  uses("metric", (*parsed)["metrics"]);
  uses("run", nlohmann::json::array({(*parsed)["run"]}));
  uses("resources", nlohmann::json::array({(*parsed)["run"]["resources"]}));
  uses("stop_when", nlohmann::json::array({(*parsed)["stop_when"]}));
}

TEST_CASE("a file that is not there is not found, and a folder is no job file") {
  auto missing = read_job_file("no/such/job.json");
  CHECK(missing.error().code == errc::not_found);
  CHECK(missing.error().message == "no/such/job.json: there is no such file; check its name");
  auto folder = read_job_file(source("configs"));
  CHECK(folder.error().code == errc::invalid);
  CHECK(folder.error().message == source("configs").string() + ": this is a folder; name a job file in it");
}

TEST_CASE("8 MiB are read and a byte more is refused") {
  auto text = contents(source("configs/jobs/smallest.json"));
  text.resize(8u << 20, ' ');
  CHECK(read_job(text, "large.json"));
  text += ' ';
  CHECK(read_job(text, "large.json").error().message ==
        "large.json: larger than 8 MiB, the most that a job file may have");
}

TEST_CASE("a byte order mark and Windows line ends do no harm") {
  auto text = contents(source("configs/jobs/smallest.json"));
  std::string windows = "\xEF\xBB\xBF";
  for (char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(read_job(windows, "windows.json"));
}

TEST_CASE("damaged job files are refused or read, and never more than that") {
  random_source random(5);
  const auto every = contents(source("configs/jobs/every-option.json"));
  const auto bare = io::parse_json(every, io::json_style::relaxed)->dump();
  const auto small = contents(source("configs/jobs/smallest.json"));
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = tests::mutated(i % 20 == 0 ? every : i % 4 == 0 ? bare : small, random);
    auto read = read_job(text, "f");
    if (!read) {
      CHECK(read.error().message.starts_with("f:"));
      CHECK_MESSAGE(read.error().message.size() < 600, read.error().message);
      CHECK(io::first_not_utf8(read.error().message) == read.error().message.size());
      continue;
    }
    ++accepted;
    auto again = io::read_definition(io::to_json(*read));
    REQUIRE_MESSAGE(again, text << " : " << (again ? "" : again.error().message));
    CHECK_MESSAGE(*again == *read, text);
  }
  CHECK(accepted > 200);
}
