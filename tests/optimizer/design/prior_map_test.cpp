#include "optimizer/design/prior_map.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "optimizer/catalogue.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

parameter believed(parameter p, prior what) {
  p.prior = what;
  return p;
}

/// The values of the only dimension at evenly spread shares.
std::vector<double> values(const parameter& p, int n) {
  const auto domain = space_of({p});
  const prior_map map(domain);
  std::vector<double> out;
  for (int k = 0; k < n; ++k) {
    std::vector<double> u{(k + 0.5) / n};
    map.apply(u);
    out.push_back(domain.from_unit(0, u[0]));
  }
  return out;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

}  // namespace

TEST_CASE("values stand at the shares of their prior") {
  const auto normal = values(believed(real("x", -100, 100), normal_prior{7, 2}), 9999);
  CHECK(normal[4999] == doctest::Approx(7));
  CHECK(mean(normal) == doctest::Approx(7).epsilon(1e-3));
  CHECK(std::ranges::count_if(normal, [](double v) { return v < 5; }) == doctest::Approx(0.1587 * 9999).epsilon(0.01));
  const auto beta = values(believed(real("x", 10, 20), beta_prior{2, 6}), 9999);
  CHECK(mean(beta) == doctest::Approx(12.5).epsilon(1e-3));
  const auto on_log = values(believed(logarithmic(real("x", 1e-4, 1)), normal_prior{0.1, 0.01}), 9999);
  CHECK(mean(on_log) == doctest::Approx(0.1).epsilon(1e-3));
}

TEST_CASE("a normal prior is cut off at the bounds, also where it lies outside of them") {
  for (double at : {-3.0, -2.0, 0.0, 0.4, 1.0, 3.0, 4.0}) {
    const auto x = values(believed(real("x", 0, 1), normal_prior{at, 0.5}), 100);
    CHECK(std::ranges::is_sorted(x));
    CHECK(x.front() >= 0);
    CHECK(x.back() <= 1);
    if (at <= -2) CHECK(mean(x) < 0.3);
    if (at >= 3) CHECK(mean(x) > 0.7);
  }
}

TEST_CASE("integers and grids own what is nearest to them") {
  const auto n = values(believed(integer("n", 0, 10), normal_prior{4, 1}), 10'000);
  CHECK(std::ranges::count(n, 4.0) == doctest::Approx(3829).epsilon(0.01));
  CHECK(std::ranges::count(n, 5.0) == doctest::Approx(2417).epsilon(0.01));
  const auto g = values(believed(on_grid("g", {1, 2, 4, 8}), beta_prior{1, 1}), 7000);
  CHECK(std::ranges::count(g, 1.0) == doctest::Approx(500).epsilon(0.01));
  CHECK(std::ranges::count(g, 4.0) == doctest::Approx(3000).epsilon(0.01));
  CHECK(std::ranges::count(g, 8.0) == doctest::Approx(2000).epsilon(0.01));
}

TEST_CASE("the density of a coordinate is what the map squeezes it by, and has an integral of one") {
  for (const auto& p :
       {believed(real("x", -2, 5), normal_prior{4, 1.5}), believed(real("x", 0, 3), beta_prior{2, 5}),
        believed(logarithmic(real("x", 0.1, 9)), normal_prior{2, 0.7}),
        believed(integer("x", 0, 12), normal_prior{3, 2}), believed(real("x", 0, 1), normal_prior{-4, 1}),
        believed(logarithmic(integer("x", 1, 40)), beta_prior{1.5, 3}),
        believed(on_grid("x", {1, 2, 4, 8}), normal_prior{3, 2})}) {
    const auto domain = space_of({p});
    const prior_map map(domain);
    double sum = 0;
    constexpr int n = 20'000;
    for (int k = 0; k < n; ++k) sum += std::exp(map.log_density(0, domain.from_unit(0, (k + 0.5) / n))) / n;
    CHECK(sum == doctest::Approx(1).epsilon(1e-3));
  }
  const auto domain = space_of({believed(real("x", 0, 1), normal_prior{0.5, 1e-300}), real("y", 0, 1)});
  for (double x : {0.25, 0.5, 1.0}) CHECK(std::isfinite(prior_map(domain).log_density(0, x)));
  CHECK(prior_map(domain).log_density(1, 0.5) == 0);
}

TEST_CASE("designs go by the priors and leave the rest as it is") {
  auto d = experiment({believed(real("a", 0, 1), beta_prior{12, 4}), real("b", 0, 1)}, {minimize("y")});
  for (const char* sampler : {"sobol", "latin_hypercube", "uniform"}) {
    d.sampler.name = sampler;
    auto job = contract_job(d, 0, 0, past::ordinary, 5);
    job.count = 256;
    std::vector<double> a, b;
    for (const auto& x : must(must(find_sampler(d))->suggest(job)).candidates) {
      a.push_back(x.values[0]);
      b.push_back(x.values[1]);
    }
    CHECK(mean(a) == doctest::Approx(0.75).epsilon(0.03));
    CHECK(std::abs(mean(b) - 0.5) < 0.05);
  }
}

TEST_CASE("an experiment begins where its priors are") {
  auto d = experiment({believed(real("x", -1000, 1000), normal_prior{40, 3}), integer("n", 1, 9)}, {minimize("y")});
  engine_driver world(d);
  for (int i = 0; i < 8; ++i) CHECK(std::abs(world.ask_now().point.values[0] - 40) < 12);
}

TEST_CASE("linear constraints hold of what priors spread") {
  auto d = experiment({believed(real("a", 0, 1), normal_prior{0.9, 0.05}), real("b", 0, 1)}, {minimize("y")});
  d.space.linear_constraints.push_back(at_most(1, {{"a", 1}, {"b", 1}}));
  for (const char* sampler : {"sobol", "latin_hypercube", "uniform"}) {
    d.sampler.name = sampler;
    auto job = contract_job(d, 0, 0, past::ordinary, 5);
    job.count = 64;
    for (const auto& x : must(must(find_sampler(d))->suggest(job)).candidates) CHECK(job.space->feasible(x));
  }
}
