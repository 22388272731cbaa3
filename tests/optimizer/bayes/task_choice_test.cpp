#include "optimizer/bayes/task_choice.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/builders.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

constexpr task_index part = 0, all = 1;

/// An experiment whose budget is ten full trials, and a model of what is known: `task_scale` says how much tasks tell
/// of each other.
struct world {
  plan_job job;
  std::shared_ptr<const encoding> how;

  world() {
    auto d = experiment({real("x", 0, 1)}, {minimize("m")});
    d.tasks = {{"part", 0.1}, {"all", 1}};
    d.observation_budget = 10;
    job = contract_job(d, 0, 0, past::ordinary, 1);
    how = std::make_shared<const encoding>(*job.space, job.definition->tasks);
  }
  void observe(double x, std::optional<task_index> task) {
    observation o;
    o.id = {job.observations.size() + 1};
    o.point = {{x}};
    o.values = {x};
    o.task = task;
    job.observations.append(std::move(o));
  }
  gaussian_process model(double task_scale) const {
    training_data data;
    const auto n = static_cast<Eigen::Index>(job.observations.size());
    data.rows.resize(n, 2);
    data.values.resize(n);
    data.shares = Eigen::VectorXd::Ones(n);
    data.variance = Eigen::VectorXd::Zero(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto& x = job.observations[static_cast<std::size_t>(i)];
      data.rows.row(i) = how->encode(x.point, x.task).transpose();
      data.values[i] = x.values[0];
    }
    return *gaussian_process::make(how, data, {{std::log(0.3), std::log(task_scale)}, 0, -12});
  }
  task_index choice(double x, double task_scale) {
    task_choice chosen(job, how);
    return chosen.of({{x}}, model(task_scale));
  }
};

}  // namespace

TEST_CASE("a cheap task comes first where little is known and it tells much, else the full trial") {
  world w;
  w.observe(0.1, std::nullopt);
  CHECK(w.choice(0.9, 0.4) == part);
  CHECK(w.choice(0.9, 0.01) == all);  // tasks have nothing to do with each other
}

TEST_CASE("where the cheap task has told what it can the full trial follows") {
  world w;
  w.observe(0.1, std::nullopt);
  w.observe(0.9, part);
  CHECK(w.choice(0.9, 0.4) == all);
  CHECK(w.choice(0.9001, 0.4) == all);
  CHECK(w.choice(0.5, 0.4) == part);
}

TEST_CASE("a plan does not try a configuration twice with a task, and the end of the budget is for full trials") {
  world w;
  w.observe(0.1, std::nullopt);
  task_choice chosen(w.job, w.how);
  CHECK(chosen.of({{0.9}}, w.model(0.4)) == part);
  CHECK(chosen.of({{0.9}}, w.model(0.4)) == all);
  for (double x : {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}) w.observe(x, std::nullopt);
  CHECK(w.choice(0.95, 0.4) == all);
  // What runs counts as spent.
  world v;
  v.observe(0.1, std::nullopt);
  for (int i = 0; i < 7; ++i) v.job.pending_tasks.push_back(std::nullopt);
  CHECK(v.choice(0.9, 0.4) == all);
}
