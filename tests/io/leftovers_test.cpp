#include "io/leftovers.hpp"

#include <csignal>
#include <fstream>
#include <string>

#include <unistd.h>

#include <doctest/doctest.h>

#include "io/child_process.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/run_listener.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using namespace vilfredo::io;
using test::eventually;

namespace {

const std::string helper = VILFREDO_TRIAL_PROGRAM;

child_process sleeper(const std::string& mark) {
  auto child = child_process::start({{helper, "sleep"}, {"A=1", "VILFREDO_RUN=" + mark, "B=2"}, {}, {}});
  REQUIRE(child);
  return *std::move(child);
}

}  // namespace

TEST_CASE("marks are never the same") {
  auto one = fresh_mark(), other = fresh_mark();
  CHECK(one.size() == 32);
  CHECK(one != other);
}

TEST_CASE("a record reads back, and what is no record is none") {
  test::scratch here;
  auto record = record_of(::getpid(), fresh_mark());
  CHECK(record.started > 0);
  CHECK(record.boot.size() == 36);
  record_file file(here / "run.json");
  file.write(record);
  CHECK(read_record(here / "run.json") == record);
  run_record shorter{record.mark, 0, 0, {}};
  file.write(shorter);
  CHECK(read_record(here / "run.json") == shorter);
  record_file(here / "run.json").write(record);
  record_file(here / "run.json").write(shorter);
  CHECK(read_record(here / "run.json") == shorter);
  file.clear();
  CHECK_FALSE(read_record(here / "run.json"));
  record_file(here / "no" / "folder" / "run.json").write(record);
  CHECK_FALSE(std::filesystem::exists(here / "missing.json"));
  CHECK_FALSE(read_record(here / "missing.json"));
  for (const char* text : {"", "{", "[]", "{}", R"({"run": ""})", R"({"run": 3, "group": 1})"}) {
    std::ofstream(here / "bad.json") << text;
    CHECK_FALSE(read_record(here / "bad.json"));
  }
  std::ofstream(here / "odd.json") << R"({"run": "m", "group": -5, "started": "x", "boot": null})";
  CHECK(read_record(here / "odd.json") == run_record{"m", 0, 0, ""});
}

TEST_CASE("processes with a mark are ended, others are not") {
  auto mark = fresh_mark();
  auto mine = sleeper(mark), too = sleeper(mark), other = sleeper(fresh_mark()), longer = sleeper(mark + "0");
  CHECK(end_marked({mark, "unused"}) == 2);
  CHECK_FALSE(test::runs(mine.number()));
  CHECK_FALSE(test::runs(too.number()));
  CHECK(test::runs(other.number()));
  CHECK(test::runs(longer.number()));
  CHECK(end_marked({mark}) == 0);
}

TEST_CASE("a group is ended by its leader's number only if it is the same leader") {
  auto mark = fresh_mark();
  auto child = sleeper("another mark");
  auto record = record_of(child.number(), mark);

  auto later = record;  // the number was given to another process since
  later.started -= 1;
  CHECK(end_run(later) == 0);
  CHECK(test::runs(child.number()));

  auto rebooted = record;
  rebooted.boot = "00000000-0000-0000-0000-000000000000";
  CHECK(end_run(rebooted) == 0);
  CHECK(test::runs(child.number()));

  auto unknown = record;
  unknown.started = 0;
  CHECK(end_run(unknown) == 0);
  CHECK(test::runs(child.number()));

  CHECK(end_run(record) == 1);
  CHECK_FALSE(test::runs(child.number()));
}

TEST_CASE("a record never makes us end ourselves") {
  CHECK(end_run(record_of(::getpgrp(), fresh_mark())) == 0);
  CHECK(end_run({fresh_mark(), 0, 5, record_of(::getpid(), "").boot}) == 0);
  CHECK(end_run({fresh_mark(), 1, record_of(1, "").started, record_of(1, "").boot}) == 0);
}

TEST_CASE("a grandchild in a session of its own is found by the mark") {
  test::scratch here;
  auto mark = fresh_mark();
  auto file = here / "grandchild";
  auto child = child_process::start({{helper, "setsid-grandchild", file.string()}, {"VILFREDO_RUN=" + mark}, {}, {}});
  REQUIRE(child);
  REQUIRE(eventually([&] { return test::number_in(file) != 0; }));
  auto grandchild = test::number_in(file);
  child->signal_group(SIGKILL);
  CHECK(test::runs(grandchild));
  end_run({mark, 0, 0, {}});
  CHECK_FALSE(test::runs(grandchild));
}
