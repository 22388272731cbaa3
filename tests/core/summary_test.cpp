#include "core/summary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "core/hypervolume.hpp"
#include "core/random.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

observation seen(std::uint64_t id, std::vector<double> values) {
  observation o;
  o.id = {id};
  o.values = std::move(values);
  return o;
}
observation failed(std::uint64_t id) {
  observation o;
  o.id = {id};
  o.failure = "diverged";
  return o;
}
definition with(std::vector<metric> metrics) { return experiment({real("x", 0, 1)}, std::move(metrics)); }
std::vector<std::uint64_t> numbers(const std::vector<observation_id>& ids) {
  std::vector<std::uint64_t> out;
  for (auto id : ids) out.push_back(id.number);
  return out;
}
using ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("with one metric, the best is the earliest of the best and the front all of them") {
  summary s(with({maximize("m")}));
  CHECK_FALSE(s.best(0));
  CHECK(s.front().empty());
  CHECK(s.reference().empty());
  s.add(seen(1, {3}));
  s.add(seen(2, {5}));
  s.add(seen(3, {5}));
  s.add(seen(4, {4}));
  CHECK(s.best(0)->observation == observation_id{2});
  CHECK(s.best(0)->value == 5);
  CHECK(numbers(s.front()) == ids{2, 3});
  CHECK(s.on_front({3}));
  CHECK_FALSE(s.on_front({4}));
  CHECK(s.since_improvement() == 2);
  auto p = s.progress();
  REQUIRE(p.size() == 2);
  CHECK(p[0].observations == 1);
  CHECK(p[0].value == 3);
  CHECK(p[1].observations == 2);
  CHECK(p[1].value == 5);
}

TEST_CASE("failed and infeasible observations are counted and kept out") {
  summary s(with({minimize("loss"), minimize("cost", 10.0), keep_below("mb", 50), store("auc")}));
  s.add(seen(1, {1, 5, 60, 0}));   // too large
  s.add(seen(2, {1, 11, 40, 0}));  // misses the threshold of an optimized metric
  s.add(failed(3));
  s.add(seen(4, {2, 10, 50, absent}));  // thresholds are met when reached exactly
  s.add(seen(5, {3, 4, 1, 7}));
  s.add(seen(6, {absent, 4, 1, 7}));  // a metric that was absent cannot be judged
  CHECK(s.observations() == 6);
  CHECK(s.failed() == 1);
  CHECK(s.ineligible() == 3);
  CHECK(numbers(s.front()) == ids{4, 5});
  CHECK(s.best(0)->observation == observation_id{4});
  CHECK(s.best(1)->observation == observation_id{5});
  CHECK(s.best(2)->value == 1);
  CHECK_FALSE(s.best(3));
}

TEST_CASE("the reference point is the threshold, or else the worst that was seen") {
  summary s(with({maximize("gain"), minimize("cost", 10.0)}));
  s.add(seen(1, {5, 4}));
  s.add(seen(2, {1, 20}));  // ineligible, yet it shows how bad the gain can be
  CHECK(s.reference() == std::vector<double>{1, 10});
  CHECK(s.hypervolume() == (5 - 1) * (10 - 4));
  s.add(seen(3, {8, 9}));
  CHECK(s.hypervolume() == 4 * 6 + 3 * 1);
}

TEST_CASE("failures do not count as a lack of improvement") {
  summary s(with({minimize("y")}));
  s.add(seen(1, {1}));
  s.add(failed(2));
  s.add(seen(3, {2}));
  s.add(failed(4));
  CHECK(s.since_improvement() == 1);
  s.add(seen(5, {0}));
  CHECK(s.since_improvement() == 0);
}

TEST_CASE("a moved threshold changes the front once it is rebuilt") {
  auto d = with({minimize("a"), minimize("b")});
  history h;
  h.append(seen(1, {1, 9}));
  h.append(seen(2, {9, 1}));
  summary s(d);
  s.rebuild(d, h);
  CHECK(numbers(s.front()) == ids{1, 2});
  d.metrics[1].threshold = 5;
  s.rebuild(d, h);
  CHECK(numbers(s.front()) == ids{2});
  CHECK(s.ineligible() == 1);
}

TEST_CASE("kept along, rebuilt, and computed by hand agree on random data") {
  random_source r(21);
  for (int round = 0; round < 60; ++round) {
    std::vector<metric> metrics;
    auto n = 1 + r.below(4);
    for (std::size_t i = 0; i < n; ++i) {
      auto name = "m" + std::to_string(i);
      bool limited = r.below(3) == 0;
      auto m = r.below(2) ? maximize(name) : minimize(name);
      if (limited) m.threshold = m.objective == objective::maximize ? 2 : 7;
      metrics.push_back(m);
    }
    if (r.below(2)) metrics.push_back(keep_below("limit", 7));
    if (r.below(2)) metrics.push_back(store("note"));
    auto d = with(metrics);
    auto optimized = metrics_with(d, strategy::optimize);
    summary s(d);
    history h;
    double last_volume = 0;
    for (std::uint64_t id = 1; id <= 60; ++id) {
      observation o = r.below(8) == 0 ? failed(id) : seen(id, {});
      if (!o.failed())
        for (std::size_t i = 0; i < metrics.size(); ++i) o.values.push_back(static_cast<double>(r.below(10)));
      h.append(o);
      s.add(o);
    }
    summary again(d);
    again.rebuild(d, h);

    // By hand.
    std::vector<std::pair<std::uint64_t, std::vector<double>>> eligible;
    std::vector<double> worst(optimized.size(), -1e9);
    std::uint64_t failures = 0;
    for (const auto& o : h) {
      failures += o.failed();
      if (o.failed()) continue;
      bool good = true;
      for (std::size_t i = 0; i < metrics.size(); ++i)
        if (metrics[i].threshold)
          good = good && (metrics[i].objective == objective::maximize ? o.values[i] >= *metrics[i].threshold
                                                                      : o.values[i] <= *metrics[i].threshold);
      std::vector<double> losses;
      for (std::size_t k = 0; k < optimized.size(); ++k) {
        double v = o.values[optimized[k]];
        losses.push_back(metrics[optimized[k]].objective == objective::maximize ? -v : v);
        worst[k] = std::max(worst[k], losses[k]);
      }
      if (good) eligible.push_back({o.id.number, losses});
    }
    ids front;
    std::vector<std::vector<double>> front_points;
    for (const auto& [id, p] : eligible) {
      bool dominated = false;
      for (const auto& [other, q] : eligible) dominated = dominated || dominates(q, p);
      if (!dominated) {
        front.push_back(id);
        front_points.push_back(p);
      }
    }
    for (std::size_t k = 0; k < optimized.size(); ++k)
      if (const auto& m = metrics[optimized[k]]; m.threshold)
        worst[k] = m.objective == objective::maximize ? -*m.threshold : *m.threshold;

    for (const summary* x : {&s, &again}) {
      CHECK(x->observations() == 60);
      CHECK(x->failed() == failures);
      CHECK(x->ineligible() == 60 - failures - eligible.size());
      CHECK(numbers(x->front()) == front);
      for (std::uint64_t id = 1; id <= 60; ++id)
        CHECK(x->on_front({id}) == (std::ranges::find(front, id) != front.end()));
      CHECK(x->hypervolume() == doctest::Approx(hypervolume(front_points, worst)));
      for (std::size_t k = 0; k < optimized.size(); ++k) {
        const std::pair<std::uint64_t, std::vector<double>>* best = nullptr;
        for (const auto& e : eligible)
          if (!best || e.second[k] < best->second[k]) best = &e;
        auto told = x->best(optimized[k]);
        REQUIRE(bool(told) == (best != nullptr));
        if (best) CHECK(told->observation.number == best->first);
      }
      auto progress = x->progress();
      if (optimized.size() > 1 && !progress.empty()) {
        CHECK(progress.back().value == doctest::Approx(x->hypervolume()));
        last_volume = 0;
        for (const auto& p : progress) {
          CHECK(p.value >= last_volume - 1e-9);
          last_volume = p.value;
        }
      }
    }
    CHECK(s.since_improvement() == again.since_improvement());
  }
}

TEST_CASE("what was stopped early counts, but is neither best nor on the front nor a reference") {
  summary s(with({minimize("a"), minimize("b")}));
  s.add(seen(1, {2, 2}));
  auto partial = seen(2, {0, 9});
  partial.stopped_at = 3;
  s.add(partial);
  CHECK(s.observations() == 2);
  CHECK(s.completed() == 1);
  CHECK(s.stopped() == 1);
  CHECK(s.ineligible() == 0);
  CHECK(s.best(0)->observation == observation_id{1});
  CHECK(numbers(s.front()) == ids{1});
  CHECK(s.reference() == std::vector<double>{2, 2});
  CHECK(s.since_improvement() == 1);
}

TEST_CASE("with constraints alone all that meets them is the front, and each is an improvement") {
  summary s(with({keep_below("a", 1), keep_below("b", 2), store("c")}));
  s.add(seen(1, {0.5, 1, 9}));
  s.add(seen(2, {1.5, 1, 9}));
  s.add(failed(3));
  s.add(seen(4, {0.9, 2, absent}));
  CHECK(numbers(s.front()) == ids{1, 4});
  CHECK(s.ineligible() == 1);
  CHECK(s.since_improvement() == 0);
  s.add(seen(5, {0, 3, 9}));
  CHECK(s.since_improvement() == 1);
  CHECK(s.best(0)->observation == observation_id{1});
  CHECK(s.hypervolume() == 0);
  const auto p = s.progress();
  REQUIRE(p.size() == 2);
  CHECK(p[1].observations == 4);
  CHECK(p[1].value == 2);
}
