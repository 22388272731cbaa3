#pragma once
#include <string>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.hpp"

/// Jobs for the real program, with trainers in /bin/sh.
namespace vilfredo::test {

/// Writes job.json: two parameters, two competing metrics, `script` as the trainer. The script's first argument is the
/// scratch folder, which makes its processes known by their command line.
inline nlohmann::json write_job(const scratch& where, const std::string& script, int budget, int parallel = 2) {
  where.write("trainer.sh", script);
  nlohmann::json job{
      {"name", "loans"},
      {"parameters",
       {{{"name", "x"}, {"type", "double"}, {"bounds", {{"min", 0}, {"max", 1}}}},
        {{"name", "n"}, {"type", "int"}, {"bounds", {{"min", 1}, {"max", 9}}}}}},
      {"metrics", {{{"name", "good"}, {"objective", "maximize"}}, {{"name", "slow"}, {"objective", "minimize"}}}},
      {"observation_budget", budget},
      {"parallel_bandwidth", parallel},
      {"seed", 7},
      {"run", {{"command", {"/bin/sh", "trainer.sh", where.folder().string(), "{x}", "{n}"}}, {"grace_seconds", 2}}}};
  where.write("job.json", job.dump(2));
  return job;
}

/// Ends at once with values that depend on the assignments.
inline const std::string quick_trainer = R"sh(
echo "trial $VILFREDO_TRIAL $VILFREDO_ATTEMPT" >> "$1/started.txt"
echo "{\"metrics\": {\"good\": $2, \"slow\": $3}}"
)sh";

/// Tells what it did to files in the scratch folder and takes about `seconds`.
inline std::string slow_trainer(const std::string& seconds) {
  return R"sh(
echo "trial $VILFREDO_TRIAL $VILFREDO_ATTEMPT" >> "$1/started.txt"
echo "{\"step\": 1, \"metrics\": {\"good\": 0}}"
sleep )sh" +
         seconds +
         R"sh(
echo "{\"metrics\": {\"good\": $2, \"slow\": $3}}"
)sh";
}

inline nlohmann::json json_of(const scratch& where, std::vector<std::string> arguments) {
  auto got = vilfredo_run(where, std::move(arguments));
  return nlohmann::json::parse(got.out.empty() ? "null" : got.out, nullptr, false);
}

}  // namespace vilfredo::test
