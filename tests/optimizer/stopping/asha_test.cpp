#include "optimizer/stopping/asha.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Trials that report one loss.
struct field {
  explicit field(rungs levels) : rule(levels, 0) {}
  /// Whether the trial is to stop after this report.
  bool report(std::uint64_t trial, double step, double loss) {
    auto& x = curves.try_emplace(trial, 1).first->second;
    auto row = x.put(step, std::vector<double>{loss});
    rule.reported({trial}, x, row);
    reason = rule.judge({trial}, x, row);
    return reason.has_value();
  }
  asha rule;
  std::map<std::uint64_t, curve> curves;
  std::optional<std::string> reason;
};

rungs with(double min, double max, double factor) { return {min, max, factor}; }

}  // namespace

TEST_CASE("at a rung the best one in three so far goes on") {
  field f(with(1, 27, 3));
  CHECK_FALSE(f.report(1, 1, 0.9));  // fewer than three: nobody can be judged
  CHECK_FALSE(f.report(2, 1, 0.8));
  CHECK_FALSE(f.report(3, 1, 0.7));  // 1 of 3, the best
  CHECK(f.report(4, 1, 0.75));       // 4 members, one place
  CHECK_FALSE(f.report(5, 1, 0.6));
  CHECK_FALSE(f.report(6, 1, 0.7));  // two places of six, and only 0.6 is better
  CHECK(f.report(7, 1, 0.95));
  CHECK(*f.reason == "6 of the 7 trials that reached step 1 were better there; the best 2 go on");
}

TEST_CASE("between rungs nobody is judged, and rungs lie a factor apart below the last step") {
  field f(with(1, 27, 3));
  for (std::uint64_t t = 1; t <= 10; ++t)
    for (double step : {2.0, 4.0, 5.0, 8.0, 26.0, 27.0, 100.0}) {
      auto& x = f.curves.try_emplace(t, 1).first->second;
      x.put(step, std::vector<double>{1});
    }
  for (std::uint64_t t = 11; t <= 20; ++t) {
    f.report(t, 1, 1);
    CHECK_FALSE(f.report(t, 2, 99));
    f.report(t, 3, 1);
    CHECK_FALSE(f.report(t, 4, 99));
    f.report(t, 9, 1);
    CHECK_FALSE(f.report(t, 26, 99));
    CHECK_FALSE(f.report(t, 27, 99));
  }
}

TEST_CASE("who passes over a rung is judged at the first report from there on") {
  field f(with(3, 0, 3));
  for (std::uint64_t t = 1; t <= 6; ++t) f.report(t, 3, 0.1);
  CHECK(f.report(7, 5, 0.5));
}

TEST_CASE("what is not finite is worst, what is absent is not judged") {
  field f(with(1, 0, 2));
  CHECK_FALSE(f.report(1, 1, 5));
  CHECK_FALSE(f.report(2, 1, 4));
  CHECK(f.report(3, 1, HUGE_VAL));
  CHECK_FALSE(f.report(4, 1, absent));
}

TEST_CASE("a corrected report counts once, as corrected") {
  field f(with(1, 0, 2));
  f.report(1, 1, 1);
  f.report(1, 1, 9);
  CHECK_FALSE(f.report(2, 1, 5));  // 5 is the better of two
  CHECK(f.report(3, 1, 8));        // one place of three
}

TEST_CASE("what it knows does not depend on the order in which trials spoke") {
  field a(with(1, 0, 3)), b(with(1, 0, 3));
  const double losses[] = {5, 3, 8, 1, 9, 2, 7};
  for (std::uint64_t t = 0; t < 7; ++t) a.report(t + 1, 1, losses[t]);
  for (std::uint64_t t = 7; t-- > 0;) b.report(t + 1, 1, losses[t]);
  for (double loss : {0.5, 1.5, 2.5, 4.0}) {
    field left = a, right = b;
    CHECK(left.report(99, 1, loss) == right.report(99, 1, loss));
  }
}
