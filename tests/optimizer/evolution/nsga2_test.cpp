#include "optimizer/evolution/nsga2.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/hypervolume.hpp"
#include "core/random.hpp"
#include "optimizer/keep.hpp"
#include "tests/support/engine_driver.hpp"
#include "tests/support/sampler_contract.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

using values = std::vector<double>;

std::vector<parameter> cube(std::size_t n) {
  std::vector<parameter> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(real("x" + std::to_string(i), 0, 1));
  return out;
}

double volume_after(definition d, const std::string& sampler, int trials, const values& reference,
                    const std::function<values(const values&)>& f) {
  d.sampler.name = sampler;
  engine_driver world(d);
  std::vector<values> points;
  for (int i = 0; i < trials; ++i) {
    auto x = world.ask_now();
    const auto y = f(x.point.values);
    complete done{x.trial, x.attempt, {}};
    for (std::size_t m = 0; m < y.size(); ++m) done.values.push_back({d.metrics[m].name, y[m], {}});
    must(world.call(done));
  }
  for (auto id : world.book().summary().front()) {
    auto y = world.book().find(id)->values;
    y.resize(reference.size());
    points.push_back(y);
  }
  return hypervolume(points, reference);
}

values zdt1(const values& x) {
  double rest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) rest += x[i];
  const double g = 1 + 9 * rest / static_cast<double>(x.size() - 1);
  return {x[0], g * (1 - std::sqrt(x[0] / g))};
}

}  // namespace

TEST_CASE("it covers the front of two objectives") {
  auto d = experiment(cube(6), {minimize("f"), minimize("g")});
  const double greatest = 1.1 * 1.1 - 1.0 / 3;
  CHECK(volume_after(d, "nsga2", 2000, {1.1, 1.1}, zdt1) > 0.95 * greatest);
}

TEST_CASE("it covers the allowed part of a front") {
  auto d = experiment(cube(4), {minimize("f"), minimize("g"), keep_below("c", 0)});
  auto f = [](const values& x) {
    auto y = zdt1(x);
    y.push_back(0.4 - x[0]);  // only the right part
    return y;
  };
  const double greatest = 0.06 + 2.0 / 3 * (1 - std::pow(0.4, 1.5)) + 0.11;  // ∫ 0.1 + √f from 0.4 to 1, and the strip
  const double right = volume_after(d, "nsga2", 1500, {1.1, 1.1}, f);
  CHECK(right <= greatest);
  CHECK(right > 0.8 * greatest);
}

TEST_CASE("with four objectives it beats random points by far") {
  auto d = experiment(cube(6), {minimize("a"), minimize("b"), minimize("c"), minimize("e")});
  auto dtlz2 = [](const values& x) {
    double g = 0;
    for (std::size_t i = 3; i < x.size(); ++i) g += (x[i] - 0.5) * (x[i] - 0.5);
    const double half = 1.5707963267948966;
    const double p = x[0] * half, q = x[1] * half, r = x[2] * half;
    return values{(1 + g) * std::cos(p) * std::cos(q) * std::cos(r), (1 + g) * std::cos(p) * std::cos(q) * std::sin(r),
                  (1 + g) * std::cos(p) * std::sin(q), (1 + g) * std::sin(p)};
  };
  const double evolved = volume_after(d, "nsga2", 800, {1.2, 1.2, 1.2, 1.2}, dtlz2);
  const double random = volume_after(d, "uniform", 800, {1.2, 1.2, 1.2, 1.2}, dtlz2);
  MESSAGE("evolved " << evolved << ", random " << random);
  const double greatest = 1.2 * 1.2 * 1.2 * 1.2 - 0.30843;  // all but a sixteenth of the unit ball in four dimensions
  CHECK(greatest - evolved < 0.6 * (greatest - random));
}

TEST_CASE("its hint names the population, so the next plan need not look further back") {
  auto d = experiment(cube(3), {minimize("f"), minimize("g")});
  auto whole = contract_job(d, 300, 0, past::ordinary, 1);
  auto begun = whole;
  while (begun.observations.size() > 250) begun.observations.erase(begun.observations.size() - 1);
  auto hinted = whole;
  hinted.hint = must(suggest_nsga2(begun)).hint;
  CHECK(must(suggest_nsga2(hinted)).candidates.size() == hinted.count);
  CHECK(hinted.hint.size() < 51 * 11 + 50);
}

TEST_CASE("an observation that changes nothing is not sorted in, and the plan is what sorting would make it") {
  auto d = experiment(cube(3), {minimize("f"), maximize("g"), store("note")});
  std::size_t unchanged = 0;
  for (bool limited : {false, true}) {
    if (limited) d.metrics[0].threshold = 0.8;
    auto job = contract_job(d, 0, 0, past::ordinary, 1);
    job.sampler.options["population"] = 12.0;
    random_source random(3);
    for (std::uint64_t i = 1; i <= 300; ++i) {
      observation seen;
      seen.id = {i};
      for (int k = 0; k < 3; ++k) seen.point.values.push_back(random.uniform());
      const auto& x = seen.point.values;
      seen.values = {x[0] + 0.3 * x[1], x[0] - x[1] - x[2] * x[2], absent};
      if (i % 11 == 0) seen.failure = "diverged";
      job.observations.append(seen);
      auto sorted = job;
      auto before = read_kept(job, "nsga2");
      before.noted = 0;  // it does not know where its last front begins
      sorted.hint = write_kept(job, "nsga2", before);
      const auto made = must(suggest_nsga2(job)), expected = must(suggest_nsga2(sorted));
      CHECK(made.candidates == expected.candidates);
      job.hint = made.hint;
      sorted.hint = expected.hint;
      const auto now = read_kept(job, "nsga2").places;
      CHECK(now == read_kept(sorted, "nsga2").places);
      unchanged += now == before.places;
    }
  }
  CHECK(unchanged > 200);
}
