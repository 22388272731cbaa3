#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/random.hpp"
#include "io/job_file.hpp"
#include "tests/support/files.hpp"

namespace {

using nlohmann::json;

struct run {
  int code = 0;
  std::string output;  ///< both streams

  std::vector<json> lines() const {
    std::vector<json> out;
    for (std::size_t from = 0; from < output.size();) {
      auto end = output.find('\n', from);
      out.push_back(json::parse(output.substr(from, end - from)));
      from = end + 1;
    }
    return out;
  }
};

/// Runs the trainer in the repository's root, as the job file does.
run loans(const std::string& arguments) {
  const auto command =
      "cd '" VILFREDO_SOURCE_DIR "' && '" VILFREDO_BINARY_DIR "/examples/loans' " + arguments + " 2>&1";
  run out;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe);
  char part[4096];
  while (auto n = std::fread(part, 1, sizeof part, pipe)) out.output.append(part, n);
  out.code = WEXITSTATUS(::pclose(pipe));
  return out;
}

}  // namespace

TEST_CASE("ten rounds are a step, and the last report is final") {
  auto lines = loans("--num-rounds 25").lines();
  REQUIRE(lines.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) CHECK(lines[i]["step"] == i + 1);
  CHECK_FALSE(lines[3].contains("step"));
  CHECK(lines[3]["metrics"] == lines[2]["metrics"]);
  // Chance is 0.28, and approving everybody loses about 190.
  CHECK(lines[3]["metrics"]["aucpr"] > 0.5);
  CHECK(lines[3]["metrics"]["dollars_lost"] < 150);
}

TEST_CASE("equal seeds give equal output, others another") {
  const std::string sampled = "--num-rounds 20 --subsample 0.5 --colsample 0.5 --seed ";
  auto once = loans(sampled + "3");
  CHECK(once.code == 0);
  CHECK(loans(sampled + "3").output == once.output);
  CHECK(loans(sampled + "4").output != once.output);
}

TEST_CASE("the threshold moves the money and leaves the ranking alone") {
  auto low = loans("--num-rounds 10 --threshold 0.3").lines().back()["metrics"];
  auto high = loans("--num-rounds 10 --threshold 0.6").lines().back()["metrics"];
  CHECK(low["aucpr"] == high["aucpr"]);
  CHECK(low["dollars_lost"] != high["dollars_lost"]);
}

TEST_CASE("a command line that cannot be meant ends with exit code 2 and a sentence") {
  auto refused = [](const std::string& arguments, const std::string& sentence) {
    auto x = loans(arguments);
    CHECK(x.code == 2);
    CHECK(x.output == "loans: " + sentence + "\n");
  };
  refused("--num-leaves 1", "--num-leaves \"1\": needs a whole number from 2 to 65536");
  refused("--num-rounds 2.5", "--num-rounds \"2.5\": needs a whole number from 1 to 100000");
  refused("--learning-rate fast", "--learning-rate \"fast\": needs a number from 1e-06 to 1");
  refused("--threshold nan", "--threshold \"nan\": needs a number from 0 to 1");
  refused("--seed", "--seed: needs a value after it");
  refused("--leaves 3", "\"--leaves\" is not an option of this program; see --help");
}

TEST_CASE("data that cannot be read end with exit code 1 and a sentence") {
  auto x = loans("--data nowhere.csv");
  CHECK(x.code == 1);
  CHECK(x.output == "loans: nowhere.csv: cannot be read; name the credit data with --data\n");
}

TEST_CASE("the grid has 36 points with metrics") {
  auto x = loans("--grid");
  CHECK(x.code == 0);
  auto points = json::parse(x.output);
  CHECK(points.size() == 36);
  for (const auto& p : points) CHECK(p["metrics"]["dollars_lost"] > 0);
  std::set<std::string> distinct;
  for (auto p : points) {
    p.erase("metrics");
    distinct.insert(p.dump());
  }
  CHECK(distinct.size() == 36);
}

TEST_CASE("the job file's command runs at the middle and at both ends of every parameter") {
  auto job = vilfredo::io::read_job_file(vilfredo::tests::source("configs/jobs/loans.json"));
  REQUIRE(job);
  auto space = vilfredo::validate(*job);
  REQUIRE(space);
  CHECK(job->run->command.front() == "build/examples/loans");
  for (double u : {0.0, 0.5, 1.0}) {
    const std::vector<double> corner(space->size(), u);
    const auto named = space->name(space->from_unit(corner));
    std::string arguments;
    for (std::size_t i = 1; i < job->run->command.size(); ++i) {
      auto word = job->run->command[i];
      for (const auto& [name, value] : named)
        if (word == "{" + name + "}") {
          const auto* whole = std::get_if<std::int64_t>(&value);
          word = whole ? std::to_string(*whole) : json(std::get<double>(value)).dump();
        }
      REQUIRE(word.find('{') == std::string::npos);
      arguments += " " + word;
    }
    auto x = loans(arguments);
    REQUIRE(x.code == 0);
    const auto last = x.lines().back()["metrics"];
    for (const auto& m : job->metrics) CHECK(last.contains(m.name));
  }
}
