#include "app/false_start.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using app::false_start;

namespace {

/// At which of `n` trials that start and fail it is noticed; 0: at none.
int noticed(false_start& x, int n, const std::string& reason = "exit code 1: no module named torch") {
  static std::uint64_t last = 0;
  int at = 0;
  for (int i = 1; i <= n; ++i) {
    const trial_id trial{++last};
    x.started(trial);
    if (x.failed(trial, reason)) at = at ? -1 : i;
  }
  return at;
}

}  // namespace

TEST_CASE("ten failures alike at the beginning are noticed, once") {
  false_start x({});
  CHECK(noticed(x, 50) == false_start::enough);
  CHECK(
      x.sentence() ==
      "the first 10 trials all failed, as with \"exit code 1: no module named torch\": no new trials. Put it right and "
      "start again, or say by \"stop_when\": {\"failed\": N} how many may fail");
}

TEST_CASE("reasons are alike that differ in numbers alone, or in how often was tried") {
  false_start x({});
  CHECK(noticed(x, 4, "a line could not be read: {'y': 0.25}") == 0);
  CHECK(noticed(x, 3, "a line could not be read: {'y': -1e-05}") == 0);
  CHECK(noticed(x, 9, "a line could not be read: {'y': 7.0} (after 3 attempts)") == 3);
}

TEST_CASE("who has had a result, or another trouble, is left alone") {
  false_start result({}), other({}), late({});
  CHECK(noticed(result, 9) == 0);
  result.worked();
  CHECK(noticed(result, 50) == 0);
  CHECK(noticed(other, 9) == 0);
  CHECK(noticed(other, 1, "diverged") == 0);
  CHECK(noticed(other, 50) == 0);
  late.worked();
  CHECK(noticed(late, 50) == 0);
}

TEST_CASE("those that were started first count, not those that fail first") {
  false_start x({});
  for (std::uint64_t i = 1; i <= 64; ++i) x.started({i});
  bool seen = false;
  for (std::uint64_t i = 2; i <= 40; ++i) seen = seen || x.failed({i}, "out of memory");
  CHECK_FALSE(seen);
  x.started({1});  // its second attempt
  CHECK(x.failed({1}, "out of memory (after 2 attempts)"));
  CHECK_FALSE(x.failed({41}, "out of memory"));
}

TEST_CASE("where it was said how many trials may fail, that is what counts") {
  definition told;
  told.stop_when.failed = 1000;
  false_start x(told);
  CHECK(noticed(x, 50) == 0);
}

TEST_CASE("what cannot be started any more is noticed at any time") {
  const std::string gone = "could not start: cannot start \"./train\": No such file or directory";
  definition told;
  told.stop_when.failed = 1000;
  false_start x(told);
  x.worked();
  CHECK(noticed(x, 9, gone) == 0);
  x.worked();
  CHECK(noticed(x, 9, gone) == 0);
  CHECK(noticed(x, 1, "diverged") == 0);
  CHECK(noticed(x, 20, gone) == false_start::enough);
  CHECK(x.sentence() ==
        "10 trials in a row failed, as with \"" + gone + "\": no new trials. Put it right and start again");
  CHECK(noticed(x, 20, gone) == 0);
}
