#include "optimizer/stopping/asha.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Trials that report one loss.
struct field {
  explicit field(rungs levels, halving how = halving::stops) : rule(levels, 0, how) {}
  /// Whether the trial is to stop after this report.
  bool report(std::uint64_t trial, double step, double loss) {
    auto& x = curves.try_emplace(trial, 1).first->second;
    auto row = x.put(step, std::vector<double>{loss});
    rule.reported({trial}, x, row);
    reason = rule.judge({trial}, x, row);
    return reason.has_value();
  }
  /// The same, and a trial that is to wait does so.
  bool waits(std::uint64_t trial, double step, double loss) {
    if (!report(trial, step, loss)) return false;
    rule.paused({trial}, curves.at(trial), *curves.at(trial).first_from(step));
    return true;
  }
  std::uint64_t promoted(stopper::moment when = stopper::moment::amid) {
    auto found = rule.promoted([](trial_id) { return true; }, when);
    if (found) rule.released(*found);
    return found.value_or(trial_id{}).number;
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

TEST_CASE("whoever is not among the best waits, and goes on once enough worse ones have come") {
  field f(with(1, 27, 3), halving::promotes);
  CHECK(f.rule.pauses());
  CHECK(f.waits(1, 1, 0.5));  // of one or two, nobody is the best third
  CHECK(f.waits(2, 1, 0.4));
  CHECK(f.promoted() == 0);
  CHECK(f.waits(3, 1, 0.9));
  CHECK(*f.reason == "2 of the 3 trials that reached step 1 were better there; the best 1 go on for now");
  CHECK(f.promoted() == 2);
  CHECK(f.promoted() == 0);
  CHECK_FALSE(f.waits(4, 1, 0.1));  // the best of four goes straight on
  CHECK(f.waits(5, 1, 0.8));
  CHECK(f.promoted() == 0);
  CHECK(f.waits(6, 1, 0.7));  // two places of six: 4 and 2, who have gone on
  CHECK(f.promoted() == 0);
  for (std::uint64_t t = 7; t <= 9; ++t) CHECK(f.waits(t, 1, 0.95));
  CHECK(f.promoted() == 1);
  CHECK(f.promoted() == 0);
}

TEST_CASE("the highest rung comes first, and who passes several rungs at once waits at the highest") {
  field f(with(1, 27, 3), halving::promotes);
  CHECK(f.waits(1, 3, 0.5));
  CHECK(f.waits(2, 3, 0.6));
  for (std::uint64_t t = 11; t <= 13; ++t) CHECK(f.waits(t, 1, 0.06 * static_cast<double>(t)));
  CHECK(f.waits(3, 3, 0.95));
  CHECK(f.promoted() == 1);
  CHECK(f.promoted() == 0);  // six have reached step 1, and the best two of them have gone farther
  for (std::uint64_t t = 14; t <= 16; ++t) f.waits(t, 1, 0.99);
  CHECK(f.promoted() == 11);
}

TEST_CASE("only those go on that are ready, and who has ended waits no more") {
  field f(with(1, 0, 2), halving::promotes);
  f.waits(1, 1, 0.1);
  f.waits(2, 1, 0.2);
  f.waits(3, 1, 0.3);
  f.waits(4, 1, 0.4);
  CHECK_FALSE(f.rule.promoted([](trial_id) { return false; }, stopper::moment::amid));
  CHECK(f.rule.promoted([](trial_id t) { return t.number == 2; }, stopper::moment::amid) == trial_id{2});
  CHECK_FALSE(f.rule.promoted([](trial_id t) { return t.number == 3; }, stopper::moment::amid));
  f.rule.released({1});
  f.rule.released({2});
  f.rule.released({99});
  CHECK(f.promoted() == 0);
}

TEST_CASE("what is absent at a rung does not wait there") {
  field f(with(1, 0, 3), halving::promotes);
  CHECK_FALSE(f.waits(1, 1, absent));
  CHECK(f.waits(2, 1, HUGE_VAL));
}

TEST_CASE("at the close the best at the highest rung goes on to the end, and nobody else") {
  field f(with(1, 27, 3), halving::promotes);
  f.waits(1, 1, 0.5);
  f.waits(2, 1, 0.4);
  CHECK(f.promoted() == 0);
  CHECK(f.promoted(stopper::moment::closing) == 2);
  CHECK(f.promoted(stopper::moment::closing) == 0);
  CHECK(f.waits(2, 3, 0.3));
  CHECK(f.promoted(stopper::moment::closing) == 2);
  CHECK(f.promoted(stopper::moment::closing) == 0);
}
