#include "optimizer/stopping/wilcoxon.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

double p_of(std::vector<double> differences) { return signed_rank_p(differences); }

curve of(const std::vector<double>& losses) {
  curve out(1);
  for (std::size_t i = 0; i < losses.size(); ++i) out.put(static_cast<double>(i), std::vector<double>{losses[i]});
  return out;
}
bool stops(const wilcoxon& rule, const curve& x) { return rule.judge({9}, x, x.rows() - 1).has_value(); }

}  // namespace

TEST_CASE("the exact test agrees with Darwin's plants and with counting by hand") {
  // Crossed against self-fertilized Zea mays (Fisher 1935): W = 96 of 120, two-sided p = 0.041259765625.
  CHECK(p_of({49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}) == doctest::Approx(0.041259765625 / 2));
  CHECK(p_of({1, 2, 3, 4, 5}) == doctest::Approx(1.0 / 32));
  CHECK(p_of({-1, -2, -3}) == 1);
  CHECK(p_of({-1, 2, 3}) == doctest::Approx(2.0 / 8));      // sums of 5 and 6
  CHECK(p_of({1, 1, 1, -1}) == doctest::Approx(5.0 / 16));  // equals share a rank: three or four are positive
  CHECK(p_of({0, 1, -2, 3}) == doctest::Approx(3.0 / 8));   // ranks 2, 3 and 4: sums of 6, 7 and 9
  CHECK(p_of({}) == 1);
  CHECK(p_of({0, 0}) == 1);
  CHECK(p_of({HUGE_VAL, 1, 2}) == doctest::Approx(1.0 / 8));
}

TEST_CASE("beyond sixteen differences the approximation is near the exact tail") {
  // n = 20, a sum of 150 = 210 − (4 + 6 + 13 + 17 + 20): the exact tail, counted through, is 0.048654.
  std::vector<double> d;
  for (int i = 1; i <= 20; ++i) d.push_back(i == 4 || i == 6 || i == 20 || i == 13 || i == 17 ? -i : i);
  CHECK(p_of(d) == doctest::Approx(0.048654).epsilon(0.02));
}

TEST_CASE("what is worse than the best completed trial on all instances stops once the test says so") {
  wilcoxon rule({});
  rule.ended({1}, of({3, 3, 3, 3, 3, 3}), trial_state::completed);
  rule.ended({2}, of({1, 2, 1, 2, 1, 2}), trial_state::completed);
  rule.ended({3}, of({0, 0, 0, 0, 0, 0}), trial_state::stopped);
  CHECK_FALSE(stops(rule, of({2, 3, 2.5, 3.5})));  // too few
  CHECK(stops(rule, of({2, 3, 2.5, 3.5, 4})));
  CHECK(*rule.judge({9}, of({2, 3, 2.5, 3.5, 4}), 4) ==
        "over 5 instances it is worse than trial 2, the best so far (signed-rank test, p = 0.0313)");
  CHECK_FALSE(stops(rule, of({0, 3, 0, 3, 0})));
}

TEST_CASE("who is not worse on average goes on, whatever the ranks say") {
  wilcoxon rule({0, 0.5, 3});
  rule.ended({1}, of({10, 10, 10, 10}), trial_state::completed);
  CHECK_FALSE(stops(rule, of({11, 11, 11, 1})));
  CHECK(stops(rule, of({11, 11, 11, 9})));
}

TEST_CASE("instances are compared by their names, in whatever order they come") {
  wilcoxon rule({0, 0.1, 5});
  rule.ended({1}, of({0, 10, 20, 30, 40, 50}), trial_state::completed);
  curve x(1);
  for (int i : {5, 3, 0, 4, 2}) x.put(i, std::vector<double>{10.0 * i + 1});
  CHECK(stops(rule, x));
  curve elsewhere(1);
  for (int i = 10; i < 20; ++i) elsewhere.put(i, std::vector<double>{999});
  CHECK_FALSE(stops(rule, elsewhere));
}

TEST_CASE("who is as good as the best is stopped no more often than the level at one look") {
  random_source random(4);
  int stopped = 0;
  constexpr int runs = 2000;
  for (int i = 0; i < runs; ++i) {
    wilcoxon rule({});
    std::vector<double> a, b;
    for (int k = 0; k < 40; ++k) {
      a.push_back(random.normal());
      b.push_back(random.normal());
    }
    rule.ended({1}, of(a), trial_state::completed);
    stopped += stops(rule, of(b)) ? 1 : 0;
  }
  CHECK(stopped < runs * 0.12);
  CHECK(stopped > runs * 0.07);
}
