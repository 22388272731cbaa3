#include "actors/feed.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;

namespace {

struct fixture : test::virtual_time {
  fixture() : feed(system.spawn(run_feed)) {}
  ~fixture() {
    stop(feed);
    feed = nullptr;
  }
  void publish(std::uint64_t experiment, std::vector<events::event> what = {events::experiment_paused{}},
               standing after = {}) {
    auto facts = std::make_shared<std::vector<fact>>();
    for (auto& x : what) facts->push_back({1, {}, {}, std::move(x)});
    caf::anon_send(feed, published{{experiment}, std::move(facts), after});
    settle();
  }
  std::uint64_t listen(std::function<void(const published&)> deliver) {
    return *call<std::uint64_t>(feed, subscribe{std::move(deliver)});
  }
  feed_actor feed;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "whoever listens is told in order; whoever left is not") {
  std::vector<std::uint64_t> one, two;
  auto first = listen([&](const published& p) { one.push_back(p.experiment.number); });
  publish(1);
  listen([&](const published& p) { two.push_back(p.experiment.number); });
  publish(2);
  caf::anon_send(feed, unsubscribe{first});
  publish(3);
  CHECK(one == std::vector<std::uint64_t>{1, 2});
  CHECK(two == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE_FIXTURE(fixture, "a listener that throws is dropped, and the others go on") {
  int thrown = 0;
  std::vector<std::uint64_t> heard;
  listen([&](const published&) {
    ++thrown;
    throw std::runtime_error("broken");
  });
  listen([&](const published& p) { heard.push_back(p.experiment.number); });
  publish(1);
  publish(2);
  CHECK(thrown == 1);
  CHECK(heard == std::vector<std::uint64_t>{1, 2});
  CHECK(test::alive(feed));
}

TEST_CASE_FIXTURE(fixture, "the feed keeps nothing for those who come late") {
  publish(1);
  int heard = 0;
  listen([&](const published&) { ++heard; });
  settle();
  CHECK(heard == 0);
}

TEST_CASE_FIXTURE(fixture, "the feed counts facts by kind, and experiments as they stood last") {
  int heard = 0;
  listen([&](const published&) { ++heard; });
  events::trial_issued issued;
  issued.from = origin::fresh;
  publish(1, {issued, issued}, {experiment_state::active, {0, 2}});
  publish(2, {}, {experiment_state::active, {1}});
  publish(1, {events::trial_completed{}}, {experiment_state::finished, {0, 1, 0, 1}});
  caf::anon_send(feed, faulted{{1}});
  settle();
  CHECK(heard == 2);  // one that only says how it stands is nobody's news
  auto m = *call<feed_measures>(feed, measure{});
  CHECK(m.facts[events::event(events::trial_issued{}).index()] == 2);
  CHECK(m.facts[events::event(events::trial_completed{}).index()] == 1);
  CHECK(m.asked[static_cast<std::size_t>(origin::fresh)] == 2);
  CHECK(m.faults == 1);
  CHECK(m.experiments == std::array<std::size_t, 5>{1, 0, 0, 1, 0});
  CHECK(m.trials == std::array<std::size_t, 8>{1, 1, 0, 1});
}
