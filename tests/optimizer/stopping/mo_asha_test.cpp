#include "optimizer/stopping/mo_asha.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Trials that report two losses and something that is not judged by.
struct field {
  explicit field(rungs levels, halving how = halving::stops) : field({levels, {0, 2}, {}, tie_break::spread, how}) {}
  explicit field(mo_asha_options o) : rule(std::move(o)) {}
  /// Whether the trial is to stop after this report.
  bool report(std::uint64_t trial, double step, double first, double second, double limited = 7) {
    auto& x = curves.try_emplace(trial, 3).first->second;
    auto row = x.put(step, std::vector<double>{first, limited, second});
    rule.reported({trial}, x, row);
    reason = rule.judge({trial}, x, row);
    return reason.has_value();
  }
  /// The same, and a trial that is to wait does so.
  bool waits(std::uint64_t trial, double step, double first, double second, double limited = 7) {
    if (!report(trial, step, first, second, limited)) return false;
    rule.paused({trial}, curves.at(trial), *curves.at(trial).first_from(step));
    return true;
  }
  std::uint64_t promoted(stopper::moment when = stopper::moment::amid) {
    auto found = rule.promoted([](trial_id) { return true; }, when);
    if (found) rule.released(*found);
    return found.value_or(trial_id{}).number;
  }
  mo_asha rule;
  std::map<std::uint64_t, curve> curves;
  std::optional<std::string> reason;
};

}  // namespace

TEST_CASE("at a rung the best fronts go on") {
  field f(rungs{1, 27, 3});
  CHECK_FALSE(f.report(1, 1, 9, 1));  // fewer than three: nobody can be judged
  CHECK_FALSE(f.report(2, 1, 1, 9));
  CHECK(f.report(3, 1, 9, 9));
  CHECK(*f.reason == "it is on front 2 of the 3 trials that reached step 1, of which the best 1 go on");
  f.report(4, 1, 8, 9.5);
  f.report(5, 1, 9.5, 8);
  CHECK_FALSE(f.report(6, 1, 0.5, 0.5));  // the whole first front now
  CHECK(f.report(7, 1, 9.7, 9.7));
}

TEST_CASE("of a front that does not fit, those go on that stand for it best") {
  field f(rungs{1, 27, 2});
  f.report(1, 1, 0, 10);
  f.report(2, 1, 10, 0);
  f.report(3, 1, 1, 9);
  CHECK(f.report(4, 1, 2, 8));  // 0/10 and 10/0 are the two that are farthest apart
  f.report(5, 1, 3, 7);
  CHECK_FALSE(f.report(6, 1, 5, 5));  // three places of six: the middle fills the widest gap
}

TEST_CASE("asked to, of a front that does not fit those go on that add most to the hypervolume") {
  field f(mo_asha_options{{1, 27, 2}, {0, 2}, {}, tie_break::hypervolume});
  f.report(1, 1, 0, 10);
  f.report(2, 1, 10, 0);
  f.report(3, 1, 4, 4);
  CHECK(f.report(4, 1, 4.5, 3.9));    // next to it, and adds little
  CHECK_FALSE(f.report(5, 1, 1, 1));  // the whole first front, with the ends
}

TEST_CASE("those that meet the constraints come first, then those that miss them least") {
  field f(mo_asha_options{{1, 27, 2}, {0, 2}, {{1, 10}}, tie_break::spread});
  CHECK_FALSE(f.report(1, 1, 0, 0, 12));  // alone
  CHECK(f.report(2, 1, -5, -5, 13));      // better, but farther from the limit
  CHECK_FALSE(f.report(3, 1, 9, 9, 10));  // meets it
  CHECK_FALSE(f.report(4, 1, 9, 9, 11));  // a place is left for who misses it by least
  CHECK(f.report(5, 1, 0, 0, 11.5));
  CHECK(*f.reason ==
        "it misses a constraint, and 2 meet all or miss it by less, of the 5 trials that reached step 1, of which the "
        "best 2 go on");
  CHECK_FALSE(f.report(6, 1, 8, 8, absent));  // not reported: not known to be missed
  CHECK_FALSE(f.report(7, 1, 7, 7, 9));
  CHECK(f.report(4, 1, 9, 9, 11));  // four of seven met, three places
}

TEST_CASE("where a metric is absent the trial neither judges nor is judged") {
  field f(rungs{1, 27, 2});
  for (std::uint64_t t = 1; t <= 5; ++t) CHECK_FALSE(f.report(t, 1, absent, 0));
  CHECK_FALSE(f.report(6, 1, 9, 9));  // alone at the rung
  CHECK_FALSE(f.report(7, 1, 1, absent));
  CHECK_FALSE(f.report(8, 1, 8, 8));
  CHECK(f.report(9, 1, HUGE_VAL, 9));  // reported, and as bad as can be
}

TEST_CASE("a corrected report counts once, as corrected") {
  field f(rungs{1, 0, 2});
  f.report(1, 1, 1, 1);
  f.report(1, 1, 9, 9);
  CHECK_FALSE(f.report(2, 1, 5, 5));  // the better of two
  CHECK(f.report(3, 1, 8, 8));        // one place of three
}

TEST_CASE("who is on the front at a rung goes on as long as the front fits") {
  random_source random(3);
  field f(rungs{1, 0, 3});
  std::vector<std::pair<double, double>> all;
  for (std::uint64_t t = 1; t <= 300; ++t) {
    const double a = random.uniform(), b = random.uniform();
    all.emplace_back(a, b);
    std::size_t front = 0;
    bool mine = true;
    for (auto [p, q] : all) {
      bool beaten = false;
      for (auto [r, s] : all) beaten = beaten || (r < p && s < q);
      front += beaten ? 0 : 1;
      mine = mine && !(p < a && q < b);
    }
    const bool stopped = f.report(t, 1, a, b);
    if (mine && front <= all.size() / 3) CHECK_FALSE(stopped);
  }
}

TEST_CASE("what it knows does not depend on the order in which trials spoke") {
  field a(rungs{1, 0, 3}), b(rungs{1, 0, 3});
  random_source random(8);
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 40; ++i) points.emplace_back(random.uniform(), random.uniform());
  for (std::uint64_t t = 0; t < 40; ++t) a.report(t + 1, 1, points[t].first, points[t].second);
  for (std::uint64_t t = 40; t-- > 0;) b.report(t + 1, 1, points[t].first, points[t].second);
  for (int i = 0; i < 30; ++i) {
    field left = a, right = b;
    const double x = random.uniform() / 2, y = random.uniform() / 2;
    CHECK(left.report(99, 1, x, y) == right.report(99, 1, x, y));
  }
}

TEST_CASE("of thousands at a rung it compares with a sample that does not depend on their order") {
  random_source random(2);
  field forth(rungs{1, 0, 3}), back(rungs{1, 0, 3});
  std::vector<std::pair<double, double>> points;
  for (int i = 0; i < 3000; ++i) {
    const double place = random.uniform(), late = random.uniform();
    points.emplace_back(place + late, 1 - place + late);
  }
  int stopped = 0;
  for (std::uint64_t t = 1; t <= 3000; ++t) {
    const auto [a, b] = points[t - 1];
    stopped += forth.report(t, 1, a, b) ? 1 : 0;
  }
  for (std::uint64_t t = 3000; t >= 1; --t) back.report(t, 1, points[t - 1].first, points[t - 1].second);
  CHECK(stopped > 1800);
  CHECK(stopped < 2200);
  for (std::uint64_t t = 1; t <= 3000; t += 7)
    CHECK(forth.rule.judge({t}, forth.curves.at(t), 0) == back.rule.judge({t}, back.curves.at(t), 0));
}

TEST_CASE("whoever is not among the best fronts waits, and goes on once enough worse ones have come") {
  field f(rungs{1, 27, 3}, halving::promotes);
  CHECK(f.waits(1, 1, 1, 5));
  CHECK(f.waits(2, 1, 5, 1));
  CHECK(f.promoted() == 0);
  CHECK(f.waits(3, 1, 6, 6));
  CHECK(*f.reason == "it is on front 2 of the 3 trials that reached step 1, of which the best 1 go on for now");
  CHECK(f.promoted() == 1);  // of the front of two, the first to stand for it
  CHECK(f.waits(4, 1, 7, 7));
  CHECK(f.waits(5, 1, 7, 8));
  CHECK(f.promoted() == 0);
  CHECK(f.waits(6, 1, 8, 8));
  CHECK(f.promoted() == 2);
  for (std::uint64_t t = 7; t <= 9; ++t) CHECK(f.waits(t, 1, 9, 9));
  CHECK(f.promoted() == 3);  // the second front
  CHECK(f.promoted() == 0);
  CHECK_FALSE(f.waits(10, 1, 0, 0));
}

TEST_CASE("of several rungs the highest comes first, and only who is ready goes on") {
  field f(rungs{1, 0, 2}, halving::promotes);
  for (std::uint64_t t = 1; t <= 4; ++t) f.waits(t, 1, static_cast<double>(t), static_cast<double>(t));
  for (std::uint64_t t = 11; t <= 13; ++t) CHECK(f.waits(t, 2, static_cast<double>(t) - 3, static_cast<double>(t) - 3));
  CHECK(f.promoted() == 11);
  CHECK(f.promoted() == 1);
  CHECK(f.rule.promoted([](trial_id t) { return t.number == 2; }, stopper::moment::amid) == trial_id{2});
  CHECK_FALSE(f.rule.promoted([](trial_id t) { return t.number == 4; }, stopper::moment::amid));
  CHECK_FALSE(f.rule.promoted([](trial_id) { return false; }, stopper::moment::amid));
}

TEST_CASE("at the close one at the highest rung goes on to the end, and nobody else") {
  field f(rungs{1, 27, 3}, halving::promotes);
  f.waits(1, 1, 2, 2);
  f.waits(2, 1, 1, 1);
  CHECK(f.promoted() == 0);
  CHECK(f.promoted(stopper::moment::closing) == 2);
  CHECK(f.promoted(stopper::moment::closing) == 0);
}

TEST_CASE("who misses a constraint goes on when those that meet all leave a place") {
  field f(mo_asha_options{{1, 27, 2}, {0, 2}, {{1, 5}}, tie_break::spread, halving::promotes});
  CHECK(f.waits(1, 1, 1, 1, 9));
  CHECK_FALSE(f.waits(2, 1, 1, 1, 8));  // misses it by less than all others
  CHECK(f.promoted() == 0);
  CHECK(f.waits(3, 1, 1, 1, 12));
  CHECK(*f.reason ==
        "it misses a constraint, and 2 meet all or miss it by less, of the 3 trials that reached step 1, of "
        "which the best 1 go on for now");
  CHECK(f.waits(4, 1, 1, 1, 13));
  CHECK(f.promoted() == 1);
  CHECK(f.promoted() == 0);
}
