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
  void publish(std::uint64_t experiment) {
    caf::anon_send(feed, published{{experiment}, std::make_shared<const std::vector<fact>>()});
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
