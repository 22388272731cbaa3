#include "optimizer/bayes/criterion.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/training.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

using Eigen::Index;
using Eigen::VectorXd;

gaussian_process model_of(const training_example& x, double sign = 1) {
  auto data = x.data;
  data.values *= sign;
  return *gaussian_process::make(x.how, data, x.parameters);
}

criterion with(const training_example& x, std::size_t objectives, bool limited, bool costly = false) {
  criterion::parts parts;
  for (std::size_t k = 0; k < objectives; ++k) parts.objectives.push_back(model_of(x, k % 2 ? -1 : 1));
  if (limited) parts.limits = {{model_of(x), 0.4}, {model_of(x, -1), 0}, {model_of(x), 0.2, true}};
  if (costly) parts.cost = {model_of(x), 0.7};
  for (Index i = 0; i < x.data.size(); ++i) {
    parts.known.emplace_back();
    for (const auto& model : parts.objectives) parts.known.back().push_back(model.fitted()[i]);
  }
  parts.reference.assign(objectives, 2.0);
  parts.improves = true;
  return criterion(std::move(parts));
}

}  // namespace

TEST_CASE("the gradient agrees with differences, whatever it is made of") {
  const auto x = mixed_example(20);
  for (std::size_t objectives : {1u, 2u, 3u})
    for (bool limited : {false, true}) {
      const auto worth = with(x, objectives, limited, limited);
      for (const auto& at : x.elsewhere) {
        VectorXd gradient;
        CHECK(worth.value(at, gradient) == doctest::Approx(worth.value(at)));
        for (Index c = 0; c < static_cast<Index>(x.how->numbers()); ++c) {
          auto above = at, below = at;
          above[c] += 1e-5;
          below[c] -= 1e-5;
          const double slope = (worth.value(above) - worth.value(below)) / 2e-5;
          CHECK(gradient[c] == doctest::Approx(slope).epsilon(1e-3).scale(1e-2));
        }
      }
    }
}

TEST_CASE("worth is divided by the cost, as its model expects it") {
  const auto x = mixed_example(20);
  const auto free = with(x, 1, false), costly = with(x, 1, false, true);
  for (const auto& at : x.elsewhere)
    CHECK(costly.value(at) == doctest::Approx(free.value(at) - 0.7 * model_of(x).at(at).mean));
}

TEST_CASE("a pool's values are those of its configurations one by one, also after more is believed") {
  const auto x = mixed_example(20);
  auto worth = with(x, 2, true, true);
  Eigen::MatrixXd rows(static_cast<Index>(x.elsewhere.size()), x.data.rows.cols());
  for (std::size_t i = 0; i < x.elsewhere.size(); ++i) rows.row(static_cast<Index>(i)) = x.elsewhere[i].transpose();
  auto pool = worth.look_at(rows);
  for (int round = 0; round < 3; ++round) {
    const auto values = worth.values(pool);
    for (std::size_t i = 0; i < x.elsewhere.size(); ++i)
      CHECK(values[static_cast<Index>(i)] == doctest::Approx(worth.value(x.elsewhere[i])).epsilon(1e-6));
    worth.believe(0.9 * x.elsewhere[static_cast<std::size_t>(round)]);
  }
}

TEST_CASE("what is believed to be tried is worth little more") {
  const auto x = smooth_example(12);
  for (std::size_t objectives : {1u, 2u}) {
    auto worth = with(x, objectives, false);
    for (std::size_t i = 0; i < 3; ++i) {
      const double before = worth.value(x.elsewhere[i]);
      worth.believe(x.elsewhere[i]);
      CHECK(worth.value(x.elsewhere[i]) < before - 0.3);
    }
  }
}

TEST_CASE("while nothing feasible is known, being feasible is all that counts") {
  const auto x = smooth_example(12);
  criterion::parts parts;
  parts.objectives.push_back(model_of(x));
  parts.limits.push_back({model_of(x, -1), 0.2});
  const criterion worth(std::move(parts));
  for (const auto& at : x.elsewhere)
    CHECK(worth.value(at) == doctest::Approx(log_probability_below(model_of(x, -1).at(at), 0.2)));
}

TEST_CASE("a limit to be approached counts by how far a trial is expected to come below it, not by whether") {
  const auto x = smooth_example(12);
  criterion::parts parts;
  const auto model = model_of(x);
  parts.limits = {{model, 0.4, true}};
  const criterion worth(std::move(parts));
  for (const auto& at : x.elsewhere)
    CHECK(worth.value(at) == doctest::Approx(log_expected_improvement(model.at(at), 0.4)));
}
