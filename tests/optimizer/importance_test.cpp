#include "optimizer/importance.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numeric>

#include "core/feasible.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

/// n random observations.
history observed(const space& domain, int n, const std::function<double(const std::vector<double>&)>& f) {
  const feasible_sampler feasible(domain);
  random_source random(4);
  history all;
  for (int i = 0; i < n; ++i) {
    observation x;
    x.id = {static_cast<std::uint64_t>(i + 1)};
    x.point = feasible.draw(random);
    x.values = {f(x.point.values)};
    all.append(std::move(x));
  }
  return all;
}

/// Importances for the first metric after n random observations.
std::vector<double> after(const definition& d, int n, const std::function<double(const std::vector<double>&)>& f) {
  const auto domain = must(validate(d));
  return importances(d, domain, observed(domain, n, f), 0);
}
std::vector<pair_importance> pairs_after(const definition& d, int n,
                                         const std::function<double(const std::vector<double>&)>& f) {
  const auto domain = must(validate(d));
  return pair_importances(d, domain, observed(domain, n, f), 0);
}

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

TEST_CASE("the parameter that decides comes first, one without effect near zero") {
  auto d = experiment({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)}, {minimize("y")});
  const auto x = after(d, 500, [](const auto& v) { return 10 * v[0] + 2 * v[1]; });
  MESSAGE(x[0] << ' ' << x[1] << ' ' << x[2]);
  CHECK(sum(x) == doctest::Approx(1));
  CHECK(x[0] > 0.8);
  CHECK(x[1] > x[2]);
  CHECK(x[2] < 0.03);
}

TEST_CASE("parameters that count alike get like shares") {
  auto d = experiment({real("a", -1, 1), real("b", -1, 1)}, {minimize("y")});
  const auto x = after(d, 1000, [](const auto& v) { return v[0] * v[0] + v[1] * v[1]; });
  CHECK(std::abs(x[0] - x[1]) < 0.15);
}

TEST_CASE("for a metric to maximize the best are the greatest") {
  // Low values of y do not depend on b at all, the greatest do.
  auto d = experiment({real("a", 0, 1), real("b", 0, 1)}, {maximize("y")});
  const auto x = after(d, 1000, [](const auto& v) { return v[1] > 0.9 ? 10 + v[1] : v[0]; });
  CHECK(x[1] > 0.9);
}

TEST_CASE("scales, integers, grids and categories are judged as what they are") {
  auto d = experiment({logarithmic(real("rate", 1e-6, 1)), integer("n", 1, 9), on_grid("g", {1, 5, 10}),
                       categorical("kind", {"p", "q", "r"})},
                      {minimize("y")});
  auto most = [&](std::size_t i, const std::function<double(const std::vector<double>&)>& f) {
    CHECK(after(d, 600, f)[i] > 0.8);
  };
  most(0, [](const auto& v) { return std::abs(std::log10(v[0]) + 3); });
  most(1, [](const auto& v) { return std::abs(v[1] - 7); });
  most(2, [](const auto& v) { return v[2]; });
  most(3, [](const auto& v) { return v[3] == 1 ? 0.0 : 1.0; });
}

TEST_CASE("a parameter under a condition is judged where it exists") {
  auto d = experiment({categorical("kind", {"p", "q"}), when(real("inner", 0, 1), "kind", {"q"}), real("idle", 0, 1)},
                      {minimize("y")});
  const auto x = after(d, 800, [](const auto& v) { return v[0] == 0 ? 0.5 : v[1]; });
  CHECK(x[1] > x[2]);
  CHECK(x[2] < 0.1);
}

TEST_CASE("a search that has settled does not hide what it settled on") {
  auto d = experiment({real("a", 0, 1), real("b", 0, 1), real("idle", 0, 1)}, {minimize("y")});
  const auto domain = must(validate(d));
  auto f = [](const std::vector<double>& v) { return 4 * (v[0] - 0.3) * (v[0] - 0.3) + (v[1] - 0.6) * (v[1] - 0.6); };
  auto all = observed(domain, 15, f);
  random_source random(8);
  for (int i = 0; i < 60; ++i) {
    observation x;
    x.id = {all.size() + 1};
    x.point = {{0.3 + 0.01 * random.normal(), 0.6 + 0.01 * random.normal(), random.uniform()}};
    x.values = {f(x.point.values)};
    all.append(std::move(x));
  }
  const auto x = importances(d, domain, all, 0);
  MESSAGE(x[0] << ' ' << x[1] << ' ' << x[2]);
  CHECK(x[0] > 0.5);
  CHECK(x[1] > 0.1);
  CHECK(x[2] < 0.03);
}

TEST_CASE("without differences to go by nothing is important") {
  auto d = experiment({real("a", 0, 1)}, {minimize("y")});
  CHECK(after(d, 100, [](const auto&) { return 3.0; }) == std::vector<double>{0});
  CHECK(after(d, 9, [](const auto& v) { return v[0]; }) == std::vector<double>{0});
  CHECK(after(d, 0, [](const auto& v) { return v[0]; }) == std::vector<double>{0});
}

TEST_CASE("two parameters that decide only together are found, and their single shares do not show it") {
  auto d = experiment({real("a", 0, 1), real("b", 0, 1), real("c", 0, 1)}, {minimize("y")});
  const auto x = pairs_after(d, 500, [](const auto& v) { return std::abs(v[0] - v[1]); });
  REQUIRE(x.size() == 3);
  CHECK(x[0].first == 0);
  CHECK(x[0].second == 1);
  CHECK(x[0].together > 0.3);
  CHECK(x[1].together < 0.1);
}

TEST_CASE("parameters that each do their own part decide little together") {
  auto d = experiment({real("a", 0, 1), real("b", 0, 1)}, {minimize("y")});
  const auto box = pairs_after(d, 500, [](const auto& v) { return std::max(v[0], v[1]); });
  const auto plain_sum = pairs_after(d, 500, [](const auto& v) { return v[0] + v[1]; });
  CHECK(box[0].together < 0.1);
  CHECK(plain_sum[0].together < 0.1);
}

TEST_CASE("a choice that turns another parameter's effect around decides together with it") {
  auto d = experiment({categorical("kind", {"p", "q"}), real("a", 0, 1), real("b", 0, 1)}, {minimize("y")});
  const auto x = pairs_after(d, 500, [](const auto& v) { return v[0] == 0 ? v[1] : 1 - v[1]; });
  CHECK(x[0].first == 0);
  CHECK(x[0].second == 1);
  CHECK(x[0].together > 0.3);
}

TEST_CASE("pairs that never exist together are left out, and without differences all are") {
  auto d = experiment(
      {categorical("kind", {"p", "q"}), when(real("a", 0, 1), "kind", {"p"}), when(real("b", 0, 1), "kind", {"q"})},
      {minimize("y")});
  for (const auto& x : pairs_after(d, 300, [](const auto& v) { return v[0]; })) CHECK(x.first == 0);
  CHECK(pairs_after(d, 300, [](const auto&) { return 3.0; }).empty());
}
