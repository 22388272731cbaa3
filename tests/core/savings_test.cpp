#include "core/savings.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {
/// A new trial that reports at the steps 1 … `steps`, one a second.
trial_id report_up_to(bookkeeper& k, int steps) {
  auto id = k.issue({0.5});
  for (int i = 1; i <= steps; ++i) {
    k.now += 1s;
    k.send(report{id, 1, static_cast<double>(i), {{"y", 1, {}}}});
  }
  return id;
}
void stop(bookkeeper& k, trial_id id, double step) {
  REQUIRE(k.record(events::trial_stopped{id, 1, k.book().next_observation(), step, {1}, "rule", "reason"}));
}
}  // namespace

TEST_CASE("without stopped trials nothing was spared") {
  bookkeeper k(simple_experiment());
  auto id = report_up_to(k, 9);
  k.send(complete{id, 1, {{"y", 1, {}}}});
  auto saved = savings_of(k.book());
  CHECK(saved.stopped == 0);
  CHECK(saved.steps == 0);
}

TEST_CASE("what was spared is the way that was left, by the mean of completed trials") {
  bookkeeper k(simple_experiment());
  for (int length : {8, 12}) {
    auto id = report_up_to(k, length);
    k.send(complete{id, 1, {{"y", 1, {}}}});
  }
  for (int length : {1, 3}) stop(k, report_up_to(k, length), length);
  auto saved = savings_of(k.book());
  CHECK(saved.stopped == 2);
  CHECK(saved.steps == 9 + 7);
  CHECK(saved.steps_run == 8 + 12 + 1 + 3);
  CHECK(saved.seconds == doctest::Approx(16));
  CHECK(saved.seconds_run == doctest::Approx(24));
}

TEST_CASE("before any trial has completed nobody knows how far they would go") {
  bookkeeper k(simple_experiment());
  stop(k, report_up_to(k, 3), 3);
  auto saved = savings_of(k.book());
  CHECK(saved.stopped == 1);
  CHECK(saved.steps == 0);
  CHECK(saved.steps_run == 3);
}
