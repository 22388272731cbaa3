#include "optimizer/fidelity/forecast.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// Trials that report at 1, 2, 4, … and end at 16.
class past_curves {
public:
  explicit past_curves(definition d = simple_experiment())
      : job_(contract_job(d, 0, 0, past::ordinary, 1)), courses_(std::make_shared<courses>()) {}

  /// One that was seen up to `until`; 16 is the end.
  template <class F>
  void add(double until, F curve) {
    trial t;
    for (double step = 1; step <= until; step *= 2) t.reports.push_back({step, 1, {curve(step)}});
    observation x;
    x.id = {job_.observations.size() + 1};
    x.point = job_.space->from_unit(std::vector<double>(job_.space->size(), 0.5));
    x.values = t.reports.back().values;
    if (until < 16) x.stopped_at = until;
    job_.observations.append(std::move(x));
    courses_->push_back(std::make_shared<const course>(t));
  }
  const plan_job& job() {
    job_.courses = courses_;
    return job_;
  }

private:
  plan_job job_;
  std::shared_ptr<courses> courses_;
};

}  // namespace

TEST_CASE("curves that fall alike are carried on to their end, the more surely the further they have come") {
  past_curves those;
  random_source random(3);
  for (int i = 0; i < 30; ++i) {
    const double level = random.uniform(), bend = 0.1 * random.normal();
    those.add(16, [&](double step) { return level + (2 + bend) / step; });
  }
  const forecast ahead(those.job());
  const auto early = ahead.of(0, 1, 0.5 + 2), late = ahead.of(0, 8, 0.5 + 0.25);
  REQUIRE(early);
  REQUIRE(late);
  CHECK(early->loss == doctest::Approx(0.5 + 0.125).epsilon(0.2));
  CHECK(late->loss == doctest::Approx(0.5 + 0.125).epsilon(0.05));
  CHECK(late->deviation < early->deviation);
  CHECK(early->deviation > 0.01);
}

TEST_CASE("trials that were stopped on the way say how it goes on from where they began") {
  past_curves those;
  random_source random(4);
  // Only those that begin below 1 come to their end; above, curves fall much more.
  for (int i = 0; i < 60; ++i) {
    const double begin = 3 * random.uniform();
    const double share = begin < 1 ? 0.8 : 0.5;
    those.add(begin < 1 ? 16 : 2, [&](double step) { return step < 2 ? begin : share * begin; });
  }
  const auto there = forecast(those.job()).of(0, 1, 2.5);
  REQUIRE(there);
  CHECK(there->loss < 2);  // the survivors alone would say 0.8 · 2.5, and more by the line's prior
}

TEST_CASE("there is no forecast without trials that came to their end, or without a value") {
  past_curves none, few;
  for (int i = 0; i < 10; ++i) none.add(4, [&](double step) { return i + 1 / step; });
  CHECK_FALSE(forecast(none.job()).of(0, 4, 1));
  for (int i = 0; i < 3; ++i) few.add(16, [&](double step) { return i + 1 / step; });
  CHECK_FALSE(forecast(few.job()).of(0, 4, 1));
  few.add(16, [](double step) { return 5 + 1 / step; });
  CHECK(forecast(few.job()).of(0, 4, 1));
  CHECK_FALSE(forecast(few.job()).of(0, 4, absent));
  CHECK_FALSE(forecast(few.job()).of(0, 0.5, 1));  // nobody reported so early
  CHECK_FALSE(forecast(contract_job(simple_experiment(), 20, 0, past::ordinary, 1)).of(0, 1, 1));
}

TEST_CASE("maximized metrics are foretold as losses, and one that diverged draws no line away") {
  past_curves up(experiment({real("x", 0, 1)}, {maximize("y")}));
  for (int i = 0; i < 12; ++i) up.add(16, [&](double step) { return i / 10.0 - 1 / step; });
  const auto calm = forecast(up.job()).of(0, 4, 0.5);
  REQUIRE(calm);
  CHECK(calm->loss == doctest::Approx(-0.5 - 3.0 / 16).epsilon(0.01));
  up.add(16, [](double) { return -1e300; });
  const auto troubled = forecast(up.job()).of(0, 4, 0.5);
  REQUIRE(troubled);
  CHECK(std::abs(troubled->loss - calm->loss) < 0.5);
  CHECK(std::isfinite(troubled->deviation));
}

TEST_CASE("all metrics with a goal are foretold, or none") {
  auto d = experiment({real("x", 0, 1)}, {minimize("y"), store("s")});
  auto job = contract_job(d, 0, 0, past::ordinary, 1);
  auto shelf = std::make_shared<courses>();
  for (int i = 0; i < 6; ++i) {
    trial t;
    for (double step : {1.0, 2.0}) t.reports.push_back({step, 1, {i + 1 / step, absent}});
    observation x;
    x.id = {job.observations.size() + 1};
    x.point = job.space->from_unit(std::vector{0.5});
    x.values = {i + 0.5, 3};
    job.observations.append(std::move(x));
    shelf->push_back(std::make_shared<const course>(t));
  }
  job.courses = shelf;
  const forecast ahead(job);
  const auto there = ahead.of_all(1, std::vector{3.0, absent});
  REQUIRE(there);
  CHECK((*there)[0].loss == doctest::Approx(2.5).epsilon(0.01));
  CHECK_FALSE(ahead.of_all(1, std::vector{absent, 1.0}));
  CHECK_FALSE(ahead.of_all(1, std::vector{1.0}));
}
