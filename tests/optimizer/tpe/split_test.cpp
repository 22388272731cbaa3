#include "optimizer/tpe/split.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// Observation i is at x = i.
plan_job job_of(std::vector<metric> metrics, const std::vector<std::vector<double>>& values) {
  plan_job job;
  auto d = experiment({real("x", 0, 1000)}, std::move(metrics));
  job.space = std::make_shared<const space>(must(validate(d)));
  job.definition = std::make_shared<const definition>(std::move(d));
  for (const auto& v : values) {
    observation x;
    x.id = {job.observations.size() + 1};
    x.point.values = {static_cast<double>(job.observations.size())};
    x.values = v;
    if (v.empty()) x.failure = "failed";
    job.observations.append(std::move(x));
  }
  return job;
}

std::set<int> where(const std::vector<weighted_point>& points) {
  std::set<int> out;
  for (const auto& p : points) out.insert(static_cast<int>(p.point->values[0]));
  return out;
}

using set = std::set<int>;

/// A split, and the job that its points are in.
struct owned_split : tpe_split {
  std::shared_ptr<const plan_job> job;
};
owned_split split_of(std::vector<metric> metrics, const std::vector<std::vector<double>>& values, double fraction) {
  auto job = std::make_shared<const plan_job>(job_of(std::move(metrics), values));
  return {split_observations(*job, fraction), job};
}

}  // namespace

TEST_CASE("the best tenth is good, at least one and at most 25") {
  CHECK(where(split_of({minimize("y")}, {{3}, {1}, {2}}, 0.1).good) == set{1});
  CHECK(where(split_of({maximize("y")}, {{3}, {1}, {2}}, 0.1).good) == set{0});
  CHECK(where(split_of({minimize("y")}, {{3}, {1}, {2}}, 0.5).good) == set{1, 2});
  std::vector<std::vector<double>> many;
  for (int i = 0; i < 600; ++i) many.push_back({static_cast<double>(i)});
  auto split = split_of({minimize("y")}, many, 0.1);
  CHECK(split.good.size() == 25);
  CHECK(split.bad.size() == 575);
  CHECK(where(split.bad).count(24) == 0);
}

TEST_CASE("failed ones and those without a number are bad, and do not count") {
  auto split = split_of({minimize("y")}, {{}, {5}, {}, {absent}, {1}, {}}, 0.5);
  CHECK(where(split.good) == set{4});
  CHECK(where(split.bad) == set{0, 1, 2, 3, 5});
  split = split_of({minimize("y")}, {{}, {}}, 0.5);
  CHECK(split.good.empty());
  CHECK(split.bad.size() == 2);
}

TEST_CASE("a better value that misses a constraint is behind a worse one that meets it") {
  auto split = split_of({minimize("y"), keep_below("c", 10)}, {{1, 20}, {5, 9}, {2, 11}, {6, 10}, {7, 1}}, 0.4);
  CHECK(where(split.good) == set{1, 3});
}

TEST_CASE("while nothing meets the constraints the least violations are good, whatever their units") {
  auto split = split_of({minimize("y"), keep_below("c", 10), keep_below("d", 1e-6)},
                        {{1, 1e12, 2e-6}, {2, 11, 1.5e-6}, {3, 12, 1.1e-6}, {4, 1e300, 1e300}}, 0.5);
  CHECK(where(split.good) == set{1, 2});
}

TEST_CASE("a threshold of an optimized metric is met first, too") {
  auto split = split_of({minimize("f", 2.0), minimize("g")}, {{3, 0}, {1, 5}, {2, 7}, {2.5, 1}}, 0.25);
  CHECK(where(split.good) == set{1});
}

TEST_CASE("of several objectives the front is good, and of a long front what covers most") {
  // A front of nine with a crowd in the middle, and dominated points behind it.
  std::vector<std::vector<double>> values{{0, 10}, {10, 0}};
  for (int i = 0; i < 7; ++i) values.push_back({5 + 0.001 * i, 5 - 0.001 * i});
  for (int i = 0; i < 21; ++i) values.push_back({11.0 + i, 11.0 + i});
  auto split = split_of({minimize("f"), minimize("g")}, values, 0.1);
  auto good = where(split.good);
  CHECK(good.size() == 3);
  CHECK(good.count(0) == 1);
  CHECK(good.count(1) == 1);
  CHECK(*good.rbegin() < 9);
}

TEST_CASE("good observations of several objectives weigh by the volume that only they add") {
  auto split =
      split_of({minimize("f"), maximize("g")}, {{0, 0}, {5, 5}, {5.01, 5.001}, {10, 10}, {11, -1}, {12, -2}}, 0.6);
  REQUIRE(split.good.size() == 4);
  for (const auto& p : split.good) {
    CHECK(p.weight > 0);
    CHECK(p.weight <= 1);
  }
}

TEST_CASE("four objectives and huge values are split without harm") {
  std::vector<std::vector<double>> values;
  for (int i = 0; i < 200; ++i)
    values.push_back({i % 7 == 0 ? 1e308 : i, i % 5 == 0 ? -1e308 : -i, 1.0 * (i % 13), 1.0 * ((i * 7) % 11)});
  for (std::size_t m : {2u, 3u, 4u}) {
    std::vector<metric> metrics;
    auto some = values;
    for (auto& v : some) v.resize(m);
    for (std::size_t i = 0; i < m; ++i) metrics.push_back(minimize("m" + std::to_string(i)));
    auto split = split_of(metrics, some, 0.1);
    CHECK(split.good.size() == 20);
    CHECK(split.bad.size() == 180);
    for (const auto& p : split.good) CHECK(p.weight > 0);
  }
}
