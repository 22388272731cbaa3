#include "optimizer/bayes/evidence.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <memory>

#include "optimizer/bayes/output_scale.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

plan_job job_for(definition d) { return contract_job(d, 0, 0, past::ordinary, 1); }

void note_down(plan_job& job, std::vector<double> point, std::vector<double> values, std::string failure = {},
               std::vector<double> stddevs = {}) {
  observation x;
  x.id = {job.observations.size() + 1};
  x.point.values = std::move(point);
  x.values = std::move(values);
  x.stddevs = std::move(stddevs);
  x.failure = std::move(failure);
  job.observations.append(std::move(x));
}

}  // namespace

TEST_CASE("repeats are merged to their mean, which carries less of the noise") {
  auto job = job_for(simple_experiment());
  note_down(job, {0.1}, {3});
  note_down(job, {0.5}, {1});
  note_down(job, {0.1}, {5});
  note_down(job, {0.9}, {7});
  const encoding how(*job.space);
  const evidence known(job, how);
  REQUIRE(known.objectives.size() == 1);
  const auto& data = known.objectives[0].data;
  REQUIRE(data.size() == 3);
  CHECK(data.shares[0] == 0.5);
  CHECK(data.shares[1] == 1);
  CHECK(data.repeats == 1);
  CHECK(data.scatter > 0);
  CHECK(known.tried.size() == 3);
}

TEST_CASE("repeats whose deviations differ are believed as if each value stood by itself") {
  auto job = job_for(experiment({real("x", 0, 1)}, {minimize("y"), minimize("z")}));  // drawn in: straight below
  struct seen {
    double x, y, deviation;
  };
  const std::vector<seen> all{{0.1, 3, 0.05}, {0.5, 1, 0},     {0.1, 9, 4},   {0.9, 4, 0.3},
                              {0.1, 5, 0},    {0.9, 4.4, 0.3}, {0.5, 1.2, 0}, {0.5, 0, 2.5},
                              {0.3, 2, 0.1},  {0.7, 6, 0},     {0.9, 3, 0.01}};
  for (const auto& v : all) note_down(job, {v.x}, {v.y, 0}, {}, {v.deviation, 0});
  const encoding how(*job.space);
  const evidence known(job, how);
  const auto& data = known.objectives[0].data;
  CHECK(data.size() == 9);  // of the three at 0.5 two have no deviation, of those at 0.9 two the same
  CHECK(known.tried.size() == 5);

  std::vector<double> losses;
  for (const auto& v : all) losses.push_back(v.y);
  const auto scale = output_scale::drawn_in(losses);
  kernel_parameters kernel{{-1}, 0.2, -3};
  training_data apart;
  const auto n = static_cast<Eigen::Index>(all.size());
  apart.rows.resize(n, 1);
  apart.values.resize(n);
  apart.shares = Eigen::VectorXd::Ones(n);
  apart.variance.resize(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto& v = all[static_cast<std::size_t>(i)];
    apart.rows(i, 0) = v.x;
    apart.values[i] = scale(v.y);
    apart.variance[i] = v.deviation * scale.slope(v.y) * v.deviation * scale.slope(v.y);
  }
  const auto shared = std::make_shared<const encoding>(how);
  const auto merged = gaussian_process::make(shared, data, kernel),
             each = gaussian_process::make(shared, apart, kernel);
  REQUIRE(merged);
  REQUIRE(each);
  for (double u : {0.0, 0.1, 0.4, 0.5, 0.9}) {
    const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, u);
    CHECK(merged->at(at).mean == doctest::Approx(each->at(at).mean).epsilon(1e-6));
    CHECK(merged->at(at).deviation == doctest::Approx(each->at(at).deviation).epsilon(1e-6));
  }
  // A trial is what the model makes of all its repeats, whichever row it is found by.
  for (const auto& t : known.tried)
    CHECK(merged->fitted()[t.rows[0]] == doctest::Approx(merged->at(how.encode(*t.point)).mean).epsilon(1e-6));
}

TEST_CASE("a given deviation becomes noise of that value alone, on the scale of what is learned") {
  auto job = job_for(simple_experiment());
  for (int i = 0; i < 9; ++i)
    note_down(job, {0.1 * i}, {1.0 * i}, {}, {i == 4 ? 2.0 : i == 5 ? std::numeric_limits<double>::quiet_NaN() : 0.0});
  const encoding how(*job.space);
  const auto data = evidence(job, how).objectives[0].data;
  CHECK(data.variance[4] > 0.1);
  for (Eigen::Index i : {0, 1, 2, 3, 5, 6, 7, 8}) CHECK(data.variance[i] == 0);
}

TEST_CASE("maximized metrics become losses, and thresholds go along") {
  auto job = job_for(experiment({real("x", 0, 1)}, {maximize("good", 5), keep_below("cost", 2)}));
  for (int i = 0; i < 5; ++i) note_down(job, {0.2 * i}, {2.0 * i, 1.0 * i});
  const encoding how(*job.space);
  const evidence known(job, how);
  const auto& data = known.objectives[0].data;
  CHECK(data.values[4] < data.values[0]);
  CHECK(*known.objectives[0].limit < data.values[2]);
  CHECK(*known.objectives[0].limit > data.values[3]);
  REQUIRE(known.constraints.size() == 1);
  CHECK(known.constraints[0].data.values[2] == *known.constraints[0].limit);
  for (std::size_t i = 0; i < 5; ++i) CHECK(known.tried[i].feasible == (i <= 2));
}

TEST_CASE("failed observations teach where trials fail, absent values nothing") {
  auto job = job_for(experiment({real("x", 0, 1)}, {minimize("y"), keep_below("c", 2)}));
  note_down(job, {0.1}, {1, 1});
  note_down(job, {0.2}, {}, "diverged");
  note_down(job, {0.3}, {absent, 1});
  note_down(job, {0.4}, {4, absent});
  note_down(job, {0.5}, {5, 1});
  const encoding how(*job.space);
  const evidence known(job, how);
  CHECK(known.objectives[0].data.size() == 3);
  CHECK(known.constraints[0].data.size() == 3);
  REQUIRE(known.failures);
  CHECK(known.failures->size() == 5);
  CHECK(known.failures->values[1] == 1);
  CHECK(known.failures->values.sum() == -3);
  CHECK(known.tried.size() == 3);
  CHECK_FALSE(known.tried[1].feasible);
}

TEST_CASE("of very many configurations the best and the newest are kept among those that are") {
  auto job = job_for(simple_experiment());
  constexpr int n = 3000;
  for (int i = 0; i < n; ++i) note_down(job, {i / 3000.0}, {std::abs(i - 700.0)});
  const encoding how(*job.space);
  const auto data = evidence(job, how).objectives[0].data;
  CHECK(data.size() == 900);
  auto kept = [&](int i) { return (data.rows.col(0).array() == i / 3000.0).any(); };
  for (int i : {700, 650, 750, n - 1, n - 200}) CHECK(kept(i));
}

TEST_CASE("the more metrics, the fewer configurations, so that a plan costs no more") {
  auto d = simple_experiment();
  CHECK(evidence::most_points(d) == 900);
  d.metrics.push_back(store("s"));
  CHECK(evidence::most_points(d) == 900);
  for (int k = 0; k < 7; ++k) d.metrics.push_back(keep_below("c" + std::to_string(k), 1));
  CHECK(evidence::most_points(d) == 450);
}

TEST_CASE("thinning keeps the lowest values") {
  auto job = job_for(simple_experiment());
  for (int i = 0; i < 100; ++i) note_down(job, {i / 100.0}, {std::abs(i - 70.0)});
  const encoding how(*job.space);
  const auto all = evidence(job, how).objectives[0].data;
  const auto few = thinned(all, 30);
  CHECK(few.size() == 30);
  CHECK(few.values.minCoeff() == all.values.minCoeff());
  CHECK(thinned(all, 100).size() == 100);
}

TEST_CASE("stopped and running trials are what they are foretold to come to, with its deviation as noise") {
  const auto job = contract_job(simple_experiment(), 30, 3, past::some_stopped, 4);
  const encoding how(*job.space);
  const evidence known(job, how);
  const auto& data = known.objectives[0].data;
  CHECK(known.tried.size() == 15);  // those that came to their end
  CHECK(data.size() == 30 + 1);     // of three pending ones two reported, one of these nothing of use
  Eigen::Index noisy = 0;
  for (Eigen::Index i = 0; i < data.size(); ++i) noisy += data.variance[i] > 0;
  CHECK(noisy == 16);
  auto blind = job;
  blind.courses = nullptr;
  CHECK(evidence(blind, how).objectives[0].data.size() == 15);
}

TEST_CASE("a trial of a cheaper task is a row of its own, and nothing that was tried in full") {
  auto d = simple_experiment();
  d.observation_budget = 10;
  d.tasks = {{"part", 0.1}, {"all", 1}};
  auto job = job_for(d);
  note_down(job, {0.1}, {3});
  note_down(job, {0.1}, {5});
  note_down(job, {0.2}, {4});
  for (std::size_t i : {1, 2}) {
    auto x = job.observations[i];
    x.task = 0;
    job.observations.replace(i, std::move(x));
  }
  const encoding how(*job.space, d.tasks);
  const evidence known(job, how);
  const auto& data = known.objectives[0].data;
  REQUIRE(data.size() == 3);
  CHECK(data.cheaper.col(0) == Eigen::Vector3d(0, 1, 1));
  CHECK(data.rows.col(1) == Eigen::Vector3d(0, 0.125, 0.125));
  REQUIRE(known.tried.size() == 2);
  CHECK(known.tried[0].full);
  CHECK(known.tried[0].rows == std::vector<Eigen::Index>{0});
  CHECK_FALSE(known.tried[1].full);
  CHECK(thinned(data, 2).cheaper.rows() == 2);
}
