#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/e2e/jobs.hpp"

using namespace vilfredo::test;

namespace {

program_options terminal(std::vector<std::string> more = {}) {
  program_options out;
  out.terminal = {80, 24};
  out.environment = {"TERM=xterm", "LC_ALL=C.UTF-8"};
  out.environment.insert(out.environment.end(), more.begin(), more.end());
  return out;
}

/// Its longest line in characters, control sequences aside.
std::size_t widest(const std::string& screen) {
  static const std::regex control("\033\\[[0-9;?]*[A-Za-z]|\r");
  std::istringstream lines(std::regex_replace(screen, control, ""));
  std::size_t out = 0;
  for (std::string line; std::getline(lines, line);)
    out =
        std::max(out, static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; })));
  return out;
}

bool colours(const std::string& screen) { return std::regex_search(screen, std::regex("\033\\[[0-9;]*m")); }

}  // namespace

TEST_CASE("on a terminal one screen is drawn in place, fits it, and gives way to the summary") {
  scratch here;
  gate held(here);
  auto job = write_job(here, gated_trainer, 12);
  job["name"] = "Kreditprüfung mit einem Namen, der für sich allein schon sehr viel breiter als ein Terminal ist";
  write(here, "job.json", job.dump());
  program run(here, {"run", "job.json"}, terminal());
  REQUIRE(run.says("step 1: good 0"));
  CHECK(run.output().find("0/12") != std::string::npos);
  CHECK(widest(run.output()) <= 80);
  run.resize(100, 30);
  REQUIRE(run.says("\033[H\033[2J"));  // a new size begins on an empty screen
  held.open();
  REQUIRE(run.wait() == 0);
  const auto& text = run.output();
  CHECK(colours(text));
  CHECK(text.rfind("\033[?25h") > text.rfind("\033[?25l"));  // the cursor is back
  CHECK(text.rfind("\033[?7h") > text.rfind("\033[?7l"));    // and so is wrapping
  CHECK(text.find("12 of 12 trials ended: 12 completed, 0 failed") > text.rfind("\033[J"));
  CHECK(text.find("Show it again: vilfredo pareto ") > text.rfind("\033[J"));
}

TEST_CASE("NO_COLOR is obeyed, and so is a terminal that knows nothing") {
  for (const char* variable : {"NO_COLOR=1", "TERM=dumb"}) {
    CAPTURE(variable);
    scratch here;
    write_job(here, quick_trainer, 4);
    program run(here, {"run", "job.json"}, terminal({variable}));
    CHECK(run.wait() == 0);
    CHECK(!run.output().empty());
    CHECK(!colours(run.output()));
    program show(here, {"pareto"}, terminal({variable}));
    CHECK(show.wait() == 0);
    CHECK(!colours(show.output()));
  }
}

TEST_CASE("the reading verbs fit a terminal of 80 columns, and colour it") {
  scratch here;
  write_job(here, quick_trainer, 12);
  REQUIRE(vilfredo_run(here, {"run", "job.json", "--quiet"}).code == 0);
  bool any = false;
  for (const char* verb : {"list", "status", "trials", "pareto"}) {
    CAPTURE(verb);
    program show(here, {verb}, terminal());
    CHECK(show.wait() == 0);
    CHECK(show.output().find("loans") + show.output().find("good") != 2 * std::string::npos);
    CHECK(widest(show.output()) <= 80);
    any = any || colours(show.output());
  }
  CHECK(any);
}
