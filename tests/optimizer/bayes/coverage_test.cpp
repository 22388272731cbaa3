#include "optimizer/bayes/coverage.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// A space, a model of one constraint from some values of it, and what the search needs besides.
struct world {
  definition what;
  space domain;
  std::shared_ptr<const encoding> how;
  feasible_sampler feasible;
  random_source random{7};

  explicit world(std::vector<parameter> parameters)
      : what(experiment(std::move(parameters), {keep_below("c", 0)})),
        domain(must(validate(what))),
        how(std::make_shared<const encoding>(domain)),
        feasible(domain) {}

  coverage::parts parts(int side, double (*constraint)(double, double)) const {
    coverage::parts out;
    training_data data;
    const auto n = static_cast<Eigen::Index>(side * side);
    data.rows.resize(n, 2);
    data.values.resize(n);
    data.shares = Eigen::VectorXd::Ones(n);
    data.variance = Eigen::VectorXd::Zero(n);
    for (int i = 0; i < side; ++i)
      for (int j = 0; j < side; ++j) {
        const double x = (i + 0.5) / side, y = (j + 0.5) / side;
        data.rows.row(i * side + j) << x, y;
        data.values[i * side + j] = constraint(x, y);
      }
    out.limits.push_back({*gaussian_process::make(how, data, {{std::log(0.3), std::log(0.3)}, 0, -14}), 0});
    return out;
  }
  novelty fresh(plan_job& job) const {
    job.definition = std::make_shared<const definition>(what);
    job.space = std::make_shared<const space>(domain);
    return novelty(job);
  }
};

double distance(const assignments& a, double x, double y) { return std::hypot(a.values[0] - x, a.values[1] - y); }
double two_discs(double x, double y) {
  return std::min(std::hypot(x - 0.25, y - 0.25), std::hypot(x - 0.75, y - 0.75)) - 0.15;
}
double corner(double x, double y) { return std::max(x, y) - 0.03; }

}  // namespace

TEST_CASE("where nothing is covered comes first, and what is under way counts as far as it will meet the limits") {
  world w({real("x", 0, 1), real("y", 0, 1)});
  plan_job job;
  const auto seen = w.fresh(job);
  auto parts = w.parts(9, two_discs);
  parts.met = {{{0.25, 0.25}}};
  coverage search(w.domain, w.how, w.feasible, w.random, parts);
  CHECK(search.covered() > 0.3);
  CHECK(distance(search.next(seen), 0.75, 0.75) < 0.15);
  // The other disc is under way: what is left is at the edges.
  parts.pending = {{{0.75, 0.75}}};
  parts.resolution = 0.1;
  coverage after(w.domain, w.how, w.feasible, w.random, parts);
  const auto x = after.next(seen);
  CHECK(std::min(distance(x, 0.25, 0.25), distance(x, 0.75, 0.75)) > 0.05);
}

TEST_CASE("candidates of one plan keep the resolution apart while there is room, and it is halved when there is none") {
  world w({real("x", 0, 1), real("y", 0, 1)});
  plan_job job;
  const auto seen = w.fresh(job);
  auto parts = w.parts(9, two_discs);
  parts.met = {{{0.25, 0.25}}};
  parts.resolution = 0.2;
  coverage search(w.domain, w.how, w.feasible, w.random, parts);
  CHECK(search.resolution() == 0.2);
  const auto first = search.next(seen), second = search.next(seen);
  CHECK(distance(first, second.values[0], second.values[1]) > 0.1);
  for (int i = 0; i < 40; ++i) search.next(seen);
  CHECK(search.resolution() < 0.2);
}

TEST_CASE("a region that hardly a random configuration hits is sampled from what is known to lie in it") {
  world w({real("x", 0, 1), real("y", 0, 1)});
  plan_job job;
  const auto seen = w.fresh(job);
  auto parts = w.parts(40, corner);
  parts.met = {{{0.01, 0.01}}};
  coverage search(w.domain, w.how, w.feasible, w.random, parts);
  for (int i = 0; i < 5; ++i) {
    const auto x = search.next(seen);
    CHECK(corner(x.values[0], x.values[1]) < 0.01);
  }
  CHECK(search.resolution() < 0.05);
}

TEST_CASE("all parts of what meets the thresholds are found and spread over") {
  auto d = experiment({real("x", 0, 1), real("y", 0, 1)}, {keep_below("c", 0)});
  d.sampler.name = "auto";
  d.observation_budget = 50;
  engine_driver driver(d);
  std::vector<assignments> met;
  for (int i = 0; i < 50; ++i) {
    const auto x = driver.ask_now();
    const double c = two_discs(x.point.values[0], x.point.values[1]);
    must(driver.call(complete{x.trial, x.attempt, {{"c", c, {}}}}));
    if (c <= 0) met.push_back(x.point);
  }
  CHECK(met.size() >= 20);  // of random ones 7 would
  CHECK(driver.book().summary().front().size() == met.size());
  random_source random(3);
  for (int i = 0; i < 500; ++i) {
    const double x = random.uniform(), y = random.uniform();
    if (two_discs(x, y) > 0) continue;
    CHECK(std::ranges::any_of(met, [&](const assignments& m) { return distance(m, x, y) < 0.12; }));
  }
}
