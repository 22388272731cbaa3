#include <doctest/doctest.h>

#include <algorithm>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {

/// What bash offers for the last of the words, one a line.
std::string offered(const scratch& here, const std::string& words) {
  const std::string vilfredo = VILFREDO_BINARY_DIR "/vilfredo";
  write(here, "complete.sh",
        "source <(" + vilfredo +
            " completion bash)\n"
            "compopt() { :; }\n"  // it is only there while bash itself completes
            "COMP_WORDS=(" +
            vilfredo + " " + words +
            ")\n"
            "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
            "_vilfredo\n"
            "printf '%s\\n' \"${COMPREPLY[@]}\" > offered.txt\n");
  auto command = "cd '" + here.path().string() + "' && bash --norc --noprofile complete.sh";
  REQUIRE(std::system(command.c_str()) == 0);
  return read(here, "offered.txt");
}

}  // namespace

TEST_CASE("bash completes verbs, flags, and the experiments of the store that the line names") {
  scratch here;
  auto job = write_job(here, quick_trainer, 1);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  job["name"] = "long jobs; & more";
  write(here, "job.json", job.dump());
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  job["name"] = "other";
  write(here, "job.json", job.dump());
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet", "--store", "second.db"}).code == 0);

  CHECK(offered(here, "par") == "pareto\n");
  CHECK(offered(here, "status --st") == "--store\n");
  CHECK(offered(here, "pause lo") == "loans\nlong\\ jobs\\;\\ \\&\\ more\n");
  CHECK(offered(here, "status loa") == "loans\n");
  CHECK(offered(here, "status 'long\\ jo'") == "long\\ jobs\\;\\ \\&\\ more\n");
  CHECK(offered(here, "status --store second.db ''") == "other\n");
  CHECK(offered(here, "status --store = second.db ''") == "other\n");  // as bash splits --store=second.db
  CHECK(offered(here, "status --format = j") == "json\n");
  CHECK(offered(here, "status --format =") == "json\ntable\n");
  CHECK(offered(here, "help impo") == "importances\n");
  CHECK(offered(here, "token create --perm") == "--permissions\n");
  CHECK(offered(here, "token create --permissions r") == "read\n");
  CHECK(offered(here, "token list -f ''") == "json\ntable\ncsv\n");
  CHECK(offered(here, "serve --log-level w") == "warning\n");
  CHECK(offered(here, "serve ''") == "\n");
  CHECK(offered(here, "status --store missing.db ''") == "\n");
  CHECK(!has(here, "missing.db"));
}
