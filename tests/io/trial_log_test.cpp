#include "io/trial_log.hpp"

#include <string>

#include <doctest/doctest.h>

#include "tests/support/files.hpp"
#include "tests/support/scratch.hpp"

using namespace vilfredo;
using io::trial_log;
using tests::contents;

TEST_CASE("what is written is kept, and a silent program leaves no file") {
  test::scratch here;
  { trial_log silent(here / "silent", 100, 1); }
  CHECK_FALSE(std::filesystem::exists(here / "silent.log"));
  trial_log log(here / "stdout", 100, 1);
  log.append("one\n");
  CHECK(contents(here / "stdout.log") == "one\n");
  log.append("two");
  log.close();
  CHECK(contents(here / "stdout.log") == "one\ntwo");
}

TEST_CASE("the beginning is kept, and the cut says how much is missing") {
  test::scratch here;
  trial_log log(here / "stdout", 10, 1);
  log.append("0123456");
  log.append("789abc");
  log.append("defg");
  log.close();
  CHECK(contents(here / "stdout.log") ==
        "0123456789\n[cut here: the log has reached its limit of 10 bytes]\n[7 bytes more were not kept]\n");
}

TEST_CASE("a log that is filled exactly is not cut") {
  test::scratch here;
  {
    trial_log log(here / "stdout", 10, 1);
    log.append("0123456789");
    log.append("");
  }
  CHECK(contents(here / "stdout.log") == "0123456789");
}

TEST_CASE("the newest attempt has the plain name, earlier ones their number") {
  test::scratch here;
  for (unsigned attempt = 1; attempt <= 3; ++attempt) {
    trial_log log(here / "stderr", 100, attempt);
    log.append("attempt " + std::to_string(attempt));
  }
  CHECK(contents(here / "stderr.log") == "attempt 3");
  CHECK(contents(here / "stderr.1.log") == "attempt 1");
  CHECK(contents(here / "stderr.2.log") == "attempt 2");
}

TEST_CASE("an attempt that is run again goes on in its log, and the limit holds for both") {
  test::scratch here;
  { trial_log(here / "stdout", 10, 1).append("01234"); }
  { trial_log(here / "stdout", 10, 1).append("56789abc"); }
  CHECK(contents(here / "stdout.log").starts_with("0123456789\n[cut here"));
}

TEST_CASE("a log that cannot be written is no trouble") {
  trial_log log("/nowhere/at/all", 100, 2);
  log.append("lost");
  log.append("lost");
  log.close();
  trial_log full("/dev/full", 100, 1);  // becomes /dev/full.log, which nobody made
  CHECK_FALSE(std::filesystem::exists("/nowhere"));
}
