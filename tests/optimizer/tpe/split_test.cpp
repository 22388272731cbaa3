#include "optimizer/tpe/split.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
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
  return {*split_observations(*job, fraction), job};
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
  CHECK(split.others == 575);
  CHECK(where(split.bad).count(24) == 0);
}

TEST_CASE("of many bad ones the newest are kept, and of the older ones some that count for all") {
  std::vector<std::vector<double>> many;
  for (int i = 0; i < 1000; ++i) many.push_back({static_cast<double>(i)});
  auto split = split_of({maximize("y")}, many, 0.1);
  CHECK(split.bad.size() == 128);
  double weight = 0;
  for (const auto& p : split.bad) weight += p.weight;
  CHECK(weight == 975);
  const auto kept = where(split.bad);
  for (int i = 911; i < 975; ++i) CHECK(kept.count(i) == 1);
  CHECK(std::ranges::is_sorted(split.bad, {}, [](const auto& p) { return p.point->values[0]; }));
}

TEST_CASE("with the last split's hint it says the same as without, though it looks at little") {
  std::vector<std::vector<double>> values;
  for (int i = 0; i < 900; ++i) values.push_back({static_cast<double>((i * 7919) % 1000), static_cast<double>(i % 3)});
  const std::vector<metric> metrics{minimize("y"), keep_below("c", 1)};
  auto job = job_of(metrics, values);
  const auto whole = *split_observations(job, 0.1);
  job.hint.clear();
  auto grown = job_of(metrics, {values.begin(), values.begin() + 300});
  std::string hint = split_observations(grown, 0.1)->hint;
  for (std::size_t n = 300; n < values.size(); ++n) {
    observation x = job.observations[n];
    grown.observations.append(x);
    grown.hint = hint;
    hint = split_observations(grown, 0.1)->hint;
  }
  grown.hint = hint;
  CHECK(where(split_observations(grown, 0.1)->good) == where(whole.good));
}

TEST_CASE("a cancelled job is not split") {
  auto job = job_of({minimize("y")}, {{1}, {2}});
  job.cancelled = std::make_shared<const std::atomic<bool>>(true);
  CHECK_FALSE(split_observations(job, 0.1));
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
    CHECK(split.others == 180);
    for (const auto& p : split.good) CHECK(p.weight > 0);
  }
}
