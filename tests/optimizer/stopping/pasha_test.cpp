#include "optimizer/stopping/pasha.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

struct field {
  explicit field(rungs levels) : rule(levels, 0) {}
  /// The step at which the trial is stopped, or 0.
  double run(std::uint64_t trial, double last, const std::function<double(double)>& loss) {
    auto& x = curves.try_emplace(trial, 1).first->second;
    for (double step = 1; step <= last; ++step) {
      const auto row = x.put(step, std::vector<double>{loss(step)});
      rule.reported({trial}, x, row);
      if ((reason = rule.judge({trial}, x, row))) return step;
    }
    return 0;
  }
  pasha rule;
  std::map<std::uint64_t, curve> curves;
  std::optional<std::string> reason;
};

auto level(double loss) {
  return [loss](double) { return loss; };
}
/// Changes from one loss to another after a step.
auto turn(double first, double after, double then) {
  return [=](double step) { return step <= after ? first : then; };
}

}  // namespace

TEST_CASE("while the two top rungs rank alike only the best passes the second rung") {
  field f({1, 16, 2});
  CHECK(f.run(1, 16, level(5)) == 0);
  CHECK(f.run(2, 16, level(4)) == 0);  // better than all before it
  CHECK(f.run(3, 16, level(4.5)) == 1);
  CHECK(*f.reason == "1 of the 3 trials that reached step 1 were better there; the best 1 go on");
  CHECK(f.run(4, 16, level(4.2)) == 2);  // behind one of three, too
  CHECK(f.run(5, 16, level(4.1)) == 2);  // behind one of four, which is not enough for asha
  CHECK(*f.reason == "trials are ranked at step 2 as at step 1, so that only the best of the 4 there goes on");
  CHECK(f.rule.ceiling() == 2);
}

TEST_CASE("where ranks change from one rung to the next the ceiling rises, until they do not") {
  field f({1, 32, 2});
  f.run(1, 2, level(5));
  f.run(2, 2, turn(4, 1, 6));  // better at step 1, worse at step 2
  CHECK(f.rule.ceiling() == 4);
  CHECK(f.run(3, 4, level(3)) == 0);
  f.run(4, 4, turn(2, 2, 3.5));  // ahead of it at step 2, behind at 4
  CHECK(f.rule.ceiling() == 8);
}

TEST_CASE("with all rungs below max_steps unstable there is no ceiling") {
  field f({1, 4, 2});
  f.run(1, 2, level(5));
  f.run(2, 2, turn(4, 1, 6));
  CHECK_FALSE(f.rule.ceiling());
}

TEST_CASE("a swap of two whose curves cross and cross again is noise, a larger one is not") {
  // Between the rungs at 8 and 16 trials 1 and 2 cross at 10 and 12, so 0.2 is the noise there.
  auto restless = [](double step) { return step <= 10 ? 5.0 : step <= 12 ? 4.7 : 5.2; };
  auto nearly = [](double step) { return step < 16 ? 4.9 : 5.1; };
  field f({8, 64, 2});
  f.run(1, 16, level(5));
  f.run(2, 16, restless);
  CHECK(f.rule.ceiling() == 16);
  SUBCASE("a small swap") {
    // At 8: 4.9 before 5 and 5; at 16: 5, 5.1 and 5.2. All within 0.2.
    f.run(3, 16, nearly);
    CHECK(f.rule.ceiling() == 16);
  }
  SUBCASE("a large swap") {
    f.run(3, 16, turn(4.5, 15, 5.1));
    CHECK(f.rule.ceiling() == 32);
  }
}

TEST_CASE("the ceiling does not depend on the order in which trials spoke") {
  auto loss = [](std::uint64_t t) {
    return [t](double step) { return static_cast<double>((t * 7 + 3 * static_cast<std::uint64_t>(step)) % 11); };
  };
  field a({1, 64, 2}), b({1, 64, 2});
  for (std::uint64_t t = 1; t <= 20; ++t) a.run(t, 4, loss(t));
  for (std::uint64_t t = 20; t >= 1; --t)
    // Whatever is judged, all that was reported is told again.
    for (double step = 1; step <= static_cast<double>(a.curves.at(t).rows()); ++step) {
      auto& x = b.curves.try_emplace(t, 1).first->second;
      b.rule.reported({t}, x, x.put(step, std::vector<double>{loss(t)(step)}));
    }
  CHECK(a.rule.ceiling() == b.rule.ceiling());
}
