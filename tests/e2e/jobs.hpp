#pragma once
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "io/file_descriptor.hpp"
#include "tests/e2e/program.hpp"
#include "tests/support/files.hpp"

/// Jobs for the real program, with trainers in /bin/sh.
namespace vilfredo::test {

inline void write(const scratch& where, const std::string& name, const std::string& text) {
  std::ofstream(where / name, std::ios::binary) << text;
}
inline std::string read(const scratch& where, const std::string& name) { return tests::contents(where / name); }
inline bool has(const scratch& where, const std::string& name) { return std::filesystem::exists(where / name); }

/// Writes job.json: two parameters, two competing metrics, `script` as the trainer with the arguments x and n.
inline nlohmann::json write_job(const scratch& where, const std::string& script, int budget, int parallel = 2) {
  write(where, "trainer.sh", script);
  nlohmann::json job{
      {"name", "loans"},
      {"parameters",
       {{{"name", "x"}, {"type", "double"}, {"bounds", {{"min", 0}, {"max", 1}}}},
        {{"name", "n"}, {"type", "int"}, {"bounds", {{"min", 1}, {"max", 9}}}}}},
      {"metrics", {{{"name", "good"}, {"objective", "maximize"}}, {{"name", "slow"}, {"objective", "minimize"}}}},
      {"observation_budget", budget},
      {"parallel_bandwidth", parallel},
      {"seed", 7},
      {"run", {{"command", {"/bin/sh", "trainer.sh", "{x}", "{n}"}}, {"grace_seconds", 2}}}};
  write(where, "job.json", job.dump(2));
  return job;
}

/// Notes its start in started.txt and ends at once, with values that are its assignments.
inline const std::string quick_trainer = R"sh(
echo "trial $VILFREDO_TRIAL $VILFREDO_ATTEMPT" >> started.txt
echo "{\"metrics\": {\"good\": $1, \"slow\": $2}}"
)sh";

/// The same, but reports step 1 and then waits at the gate.
inline const std::string gated_trainer = R"sh(
if [ ! -e open ]; then
  exec 3< gate
  echo '{"step": 1, "metrics": {"good": 0}}'
  cat <&3
fi
echo "{\"metrics\": {\"good\": $1, \"slow\": $2}}"
)sh";

/// Where gated trainers wait. Open it only when all that wait have reported.
class gate {
public:
  explicit gate(const scratch& where) : where_(where) {
    auto path = where / "gate";
    // For reading, too, which does not wait for a reader.
    if (::mkfifo(path.c_str(), 0600) == 0) held_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!held_) std::abort();
  }
  void open() {
    write(where_, "open", "");
    held_.reset();
  }

private:
  const scratch& where_;
  io::file_descriptor held_;
};

/// What a verb prints with --format json; discarded when it is no JSON.
inline nlohmann::json json_of(const scratch& where, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  return nlohmann::json::parse(vilfredo_run(where, std::move(arguments)).out, nullptr, false);
}

}  // namespace vilfredo::test
