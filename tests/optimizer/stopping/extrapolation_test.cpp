#include "optimizer/stopping/extrapolation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "core/hypervolume.hpp"
#include "core/random.hpp"

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {

using courses = std::function<std::vector<double>(int)>;

extrapolation_options judging(std::size_t metrics) {
  extrapolation_options o;
  for (std::size_t i = 0; i < metrics; ++i) o.metrics.push_back(i);
  return o;
}
curve of(std::size_t metrics, int steps, const courses& losses) {
  curve out(metrics);
  for (int s = 1; s <= steps; ++s) out.put(s, losses(s));
  return out;
}
/// Completed trials that lose 1/step from a level between 1 and 2.
extrapolation with_levels(int trials) {
  extrapolation rule(judging(1));
  for (int i = 0; i < trials; ++i)
    rule.ended({static_cast<std::uint64_t>(i + 1)},
               of(1, 16, [&](int s) { return std::vector{1 + i / static_cast<double>(trials) + 1.0 / s}; }),
               trial_state::completed);
  return rule;
}

}  // namespace

TEST_CASE("who will end behind the best stops, who may pass it goes on") {
  const auto rule = with_levels(20);
  auto judged = [&](double level, int step) {
    const auto x = of(1, step, [&](int s) { return std::vector{level + 1.0 / s}; });
    return rule.judge({99}, x, x.rows() - 1);
  };
  for (int step : {1, 2, 4, 8}) {
    CHECK(judged(1.6, step));
    CHECK_FALSE(judged(0.95, step));
  }
  CHECK(judged(1.6, 4)->starts_with(
      "by how completed trials went on from step 4, the chance that its end is the best is "));
  CHECK(judged(1.6, 4)->ends_with("that of a new trial is 0.0476"));
}

TEST_CASE("before enough trials are completed, and at steps that none of them reported, nobody stops") {
  const auto few = with_levels(7);
  const auto x = of(1, 2, [](int) { return std::vector{99.0}; });
  CHECK_FALSE(few.judge({99}, x, 1));
  CHECK(with_levels(8).judge({99}, x, 1));
  curve late(1);
  late.put(500, std::vector<double>{99});
  CHECK_FALSE(with_levels(8).judge({99}, late, 0));
}

TEST_CASE("where the end cannot be foretold hardly anybody stops, though few will be the best") {
  random_source random(5);
  extrapolation rule(judging(1));
  for (std::uint64_t t = 1; t <= 30; ++t) {
    const double end = random.uniform(), before = random.uniform();
    rule.ended({t}, of(1, 16, [&](int s) { return std::vector{s < 16 ? before : end}; }), trial_state::completed);
  }
  int stopped = 0;
  for (int i = 0; i < 100; ++i) {
    const auto x = of(1, 4, [&](int) { return std::vector{random.uniform()}; });
    stopped += rule.judge({99}, x, 3) ? 1 : 0;
  }
  CHECK(stopped < 10);
  CHECK(rule.chance_of_new() == 1.0 / 31);
}

TEST_CASE("with several metrics it is the front that counts, and the middle of it, too") {
  random_source random(7);
  extrapolation rule(judging(2));
  for (std::uint64_t t = 1; t <= 60; ++t) {
    const double place = random.uniform(), late = random.uniform();
    rule.ended({t},
               of(2, 16,
                  [&](int s) {
                    return std::vector{place + late + 1.0 / s, 1 - place + late + 1.0 / s};
                  }),
               trial_state::completed);
  }
  auto chance = [&](double a, double b) {
    const auto x = of(2, 4, [&](int s) { return std::vector{a + 1.0 / s, b + 1.0 / s}; });
    return *rule.chance(x, 3);
  };
  CHECK(chance(0.0, 0.9) > 0.5);
  CHECK(chance(0.5, 0.4) > 0.5);
  CHECK(chance(0.9, 0.0) > 0.5);
  CHECK(chance(0.9, 0.9) < 0.05);
  CHECK(chance(0.75, 0.75) < 0.05);
}

TEST_CASE("with one metric the chance is that of an end below the best one") {
  // All lose 1 or 3 from a level of 10, as often, so that the best end is 7: see the test of the forecast.
  extrapolation rule(judging(1));
  for (std::uint64_t t = 1; t <= 8; ++t)
    rule.ended({t}, of(1, 2, [&](int s) { return std::vector{s == 1       ? 10.0
                                                             : t % 2 == 0 ? 9.0
                                                                          : 7.0}; }),
               trial_state::completed);
  const auto x = of(1, 1, [](int) { return std::vector{10.0}; });
  const prediction p{8, std::sqrt(1.125), 9};
  CHECK(*rule.chance(x, 0) == doctest::Approx(p.below(7)));
}

TEST_CASE("what it knows does not depend on the order in which trials ended") {
  random_source random(9);
  std::vector<curve> all;
  for (int i = 0; i < 400; ++i) {
    const double a = random.uniform(), b = random.uniform(), fall = random.uniform();
    all.push_back(of(2, 8, [&](int s) { return std::vector{a + fall / s, std::round(8 * (b + 1.0 / s))}; }));
  }
  extrapolation forth(judging(2)), back(judging(2));
  for (std::size_t i = 0; i < all.size(); ++i) forth.ended({i + 1}, all[i], trial_state::completed);
  for (std::size_t i = all.size(); i-- > 0;) {
    if (i % 3 == 0) back.ended({i + 1}, all[i], trial_state::stopped);  // completed after all
    back.ended({i + 1}, all[i], trial_state::completed);
  }
  for (std::size_t i = 0; i < 50; ++i) CHECK(forth.chance(all[i], 2) == back.chance(all[i], 2));
}

TEST_CASE(
    "the chance is 1 less the volume in which the front dominates, and judging by a part of it decides the same") {
  for (std::size_t metrics : {2u, 3u}) {
    random_source random(11);
    extrapolation rule(judging(metrics));
    auto trial = [&](int steps) {
      std::vector<double> level(metrics), fall(metrics);
      for (std::size_t j = 0; j < metrics; ++j) {
        level[j] = random.uniform();
        fall[j] = random.uniform();
      }
      return of(metrics, steps, [&](int s) {
        std::vector<double> out;
        for (std::size_t j = 0; j < metrics; ++j) out.push_back(level[j] + fall[j] / s + 0.2 * random.uniform());
        return out;
      });
    };
    std::vector<std::vector<course>> known(metrics);
    std::vector<std::vector<double>> ends;
    for (std::uint64_t t = 1; t <= 60; ++t) {
      const auto x = trial(16);
      for (std::size_t j = 0; j < metrics; ++j)
        known[j].push_back({x.loss(3, j), x.loss(3, j) - x.loss(1, j), x.loss(15, j)});
      ends.push_back({x.losses(15).begin(), x.losses(15).end()});
      rule.ended({t}, x, trial_state::completed);
    }
    int stopped = 0;
    for (int i = 0; i < 300; ++i) {
      const auto x = trial(4);
      std::vector<prediction> foreseen;
      for (std::size_t j = 0; j < metrics; ++j)
        foreseen.push_back(forecast(known[j]).from(x.loss(3, j), x.loss(3, j) - x.loss(1, j)));
      std::vector<std::vector<double>> worse;
      for (const auto& a : ends) {
        auto& u = worse.emplace_back();
        for (std::size_t j = 0; j < metrics; ++j) u.push_back(foreseen[j].below(a[j]) - 1);
      }
      const double p = *rule.chance(x, 3);
      CHECK(p == doctest::Approx(1 - hypervolume(worse, std::vector<double>(metrics, 0))));
      const bool stops = rule.judge({99}, x, 3).has_value();
      CHECK(stops == (p < 0.25 * rule.chance_of_new()));
      stopped += stops ? 1 : 0;
    }
    CHECK(stopped > 10);
    CHECK(stopped < 290);
  }
}
