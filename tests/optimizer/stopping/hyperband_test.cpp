#include "optimizer/stopping/hyperband.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

/// Whether a trial that reports one loss at each step up to `last` is stopped, and where.
struct field {
  explicit field(hyperband r) : rule(std::move(r)) {}
  double run(std::uint64_t trial, double loss, double last) {
    curve x(1);
    for (double step = 1; step <= last; ++step) {
      const auto row = x.put(step, std::vector<double>{loss});
      rule.reported({trial}, x, row);
      if ((reason = rule.judge({trial}, x, row))) return step;
    }
    return 0;
  }
  hyperband rule;
  std::optional<std::string> reason;
};

}  // namespace

TEST_CASE("brackets get trials as in the paper's table: 81, 34, 15, 8 and 5 of 143 for 81 steps and a factor of 3") {
  hyperband rule({1, 81, 3}, 5, 0, 7);
  std::map<std::size_t, double> share;
  constexpr int trials = 20'000;
  for (std::uint64_t t = 1; t <= trials; ++t) share[rule.bracket_of({t})] += 143.0 / trials;
  const double expected[] = {81, 34, 15, 8, 5};
  for (std::size_t k = 0; k < 5; ++k) CHECK(share[k] == doctest::Approx(expected[k]).epsilon(0.1));
}

TEST_CASE("a bracket's first rung lies a factor after the one before's, and the last bracket has none") {
  field f(hyperband({1, 9, 3}, 3, 0, 1));
  std::map<std::size_t, std::uint64_t> begun;
  std::map<std::size_t, double> last_stopped;
  for (std::uint64_t t = 1; t <= 200; ++t) {
    const auto k = f.rule.bracket_of({t});
    // Each is worse than all before it.
    const double stopped = f.run(t, static_cast<double>(t), 9);
    if (++begun[k] > 3) last_stopped[k] = stopped;
  }
  CHECK(begun.size() == 3);
  CHECK(last_stopped == std::map<std::size_t, double>{{0, 1.0}, {1, 3.0}, {2, 0.0}});
}

TEST_CASE("trials are compared within their bracket, and the reason names it") {
  field f(hyperband({1, 9, 2}, 2, 0, 1));
  std::uint64_t first = 1;
  while (f.rule.bracket_of({first}) != 0) ++first;
  for (std::uint64_t t = 1; t <= 20; ++t)
    if (f.rule.bracket_of({t}) == 1) f.run(t, 0, 1);
  CHECK(f.run(first, 1, 1) == 0);  // alone in its bracket, though others were better
  std::uint64_t second = first + 1;
  while (f.rule.bracket_of({second}) != 0) ++second;
  CHECK(f.run(second, 2, 1) == 1);
  CHECK(*f.reason == "in bracket 1, 1 of the 2 trials that reached step 1 were better there; the best 1 go on");
}

TEST_CASE("another seed assigns brackets anew") {
  hyperband a({1, 27, 3}, 3, 0, 1), b({1, 27, 3}, 3, 0, 2);
  int differ = 0;
  for (std::uint64_t t = 1; t <= 100; ++t) differ += a.bracket_of({t}) != b.bracket_of({t}) ? 1 : 0;
  CHECK(differ > 20);
}
