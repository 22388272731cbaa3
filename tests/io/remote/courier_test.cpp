#include "io/remote/courier.hpp"

#include <algorithm>
#include <atomic>
#include <future>

#include <doctest/doctest.h>

using namespace vilfredo;
using remote::courier;

namespace {

/// What every connection of a test does, and what was said.
struct daemon {
  std::function<outcome(const request&)> answer = [](const request&) { return outcome{vilfredo::answer{done{}}}; };
  std::mutex mutex;
  std::vector<std::string> seen, told;

  void note(const std::string& id) {
    std::lock_guard hold(mutex);
    seen.push_back(id);
  }
};

class scripted final : public remote::connection {
public:
  explicit scripted(daemon& to) : to_(to) {}
  outcome carry_out(const request& what) override {
    to_.note(what.request_id);
    return to_.answer(what);
  }
  void close() override {}

private:
  daemon& to_;
};

error gone() { return {errc::unavailable, "cannot reach it"}; }

struct fixture {
  daemon to;
  std::unique_ptr<courier> carrier;

  courier& start(std::size_t lines = 1) {
    remote::courier_options how;
    how.talkers = how.askers = lines;
    how.first_retry = how.longest_retry = duration{1};
    how.tell = [this](const std::string& news) { to.told.push_back(news); };
    carrier = std::make_unique<courier>(how, [this] { return std::make_unique<scripted>(to); });
    return *carrier;
  }
  std::future<outcome> send(command what, std::string id) {
    auto promise = std::make_shared<std::promise<outcome>>();
    auto out = promise->get_future();
    carrier->carry({std::move(id), std::move(what)}, [promise](outcome o) { promise->set_value(std::move(o)); });
    return out;
  }
};

report at_step(double step) { return {{7}, 1, step, {}}; }

}  // namespace

TEST_CASE_FIXTURE(fixture, "a command is sent with the same id until it is answered, and trouble is told once") {
  std::atomic<int> left = 5;
  to.answer = [&](const request&) { return left-- > 0 ? outcome{gone()} : outcome{answer{done{}}}; };
  start();
  CHECK(send(complete{{7}, 1, {}}, "c").get());
  CHECK(to.seen == std::vector<std::string>(6, "c"));
  carrier.reset();
  CHECK(to.told == std::vector<std::string>{"cannot reach it; trying again", "the trouble is over; going on"});
}

TEST_CASE_FIXTURE(fixture, "a fault of the daemon's own is tried again, too, but not for ever") {
  const error fault{errc::internal, "http://d: An unexpected server error has occurred."};
  std::atomic<int> left = 9;
  to.answer = [&](const request&) { return left-- > 0 ? outcome{fault} : outcome{answer{done{}}}; };
  start();
  CHECK(send(complete{{7}, 1, {}}, "c").get());
  CHECK(to.seen == std::vector<std::string>(10, "c"));
  // Other troubles in between are not counted.
  to.seen.clear();
  left = 20;
  to.answer = [&](const request&) { return left-- % 2 ? outcome{fault} : outcome{gone()}; };
  auto given_up = send(complete{{7}, 1, {}}, "d").get();
  REQUIRE_FALSE(given_up);
  CHECK(given_up.error() == error{errc::internal, fault.message + " (so it was answered 10 times; given up)"});
  CHECK(to.seen.size() == 20);
  // Heartbeats are tried once.
  to.seen.clear();
  to.answer = [&](const request&) { return outcome{fault}; };
  CHECK(send(heartbeat{{7}, 1, duration{1000}}, "h").get().error() == fault);
  CHECK(to.seen.size() == 1);
  carrier.reset();
  CHECK(to.told == std::vector<std::string>{fault.message + "; trying again", "the trouble is over; going on",
                                            "cannot reach it; trying again"});
}

TEST_CASE_FIXTURE(fixture, "what a trial says arrives in its order, whatever has to be said again") {
  std::atomic<int> calls = 0;
  to.answer = [&](const request&) { return ++calls % 3 ? outcome{gone()} : outcome{answer{advice{}}}; };
  start(4);
  std::vector<std::future<outcome>> all;
  for (int i = 0; i < 20; ++i) all.push_back(send(at_step(i), std::to_string(i)));
  for (auto& x : all) CHECK(x.get());
  std::vector<std::string> order;
  for (const auto& id : to.seen)
    if (order.empty() || order.back() != id) order.push_back(id);
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(std::to_string(i));
  CHECK(order == expected);
}

TEST_CASE_FIXTURE(fixture, "a refusal is an answer") {
  to.answer = [](const request&) { return outcome{error{errc::exhausted, "the budget is spent"}}; };
  start();
  CHECK(send(ask{"w", duration{0}, {}}, "a").get().error().code == errc::exhausted);
  CHECK(to.seen.size() == 1);
}

TEST_CASE_FIXTURE(fixture, "heartbeats are tried once, and not at all behind what has no answer") {
  to.answer = [](const request&) { return outcome{gone()}; };
  start();
  CHECK(send(heartbeat{{7}, 1, duration{1}}, "").get().error().code == errc::unavailable);
  CHECK(to.seen.size() == 1);
  auto stuck = send(complete{{7}, 1, {}}, "c");
  auto seen = [&] {
    std::lock_guard hold(to.mutex);
    return to.seen.size();
  };
  while (seen() < 4) std::this_thread::yield();
  CHECK(send(heartbeat{{7}, 1, duration{1}}, "").get().error().code == errc::unavailable);
  {
    std::lock_guard hold(to.mutex);
    CHECK(std::ranges::count(to.seen, std::string{}) == 1);
  }
  carrier.reset();
  CHECK(stuck.get().error().code == errc::unavailable);
}

TEST_CASE_FIXTURE(fixture, "a command that was given up does not stand in a heartbeat's way") {
  to.answer = [](const request&) { return outcome{error{errc::internal, "a fault"}}; };
  start();
  std::promise<outcome> beat;
  auto after = [&](const outcome&) {
    carrier->carry({"h", heartbeat{{7}, 1, duration{1}}}, [&](outcome o) { beat.set_value(std::move(o)); });
  };
  carrier->carry({"c", complete{{7}, 1, {}}}, after);
  CHECK(beat.get_future().get().error().code == errc::internal);
  CHECK(to.seen.back() == "h");
}

TEST_CASE_FIXTURE(fixture, "an ask that waits for its turn is withdrawn without being sent") {
  std::promise<void> go;
  auto gate = go.get_future().share();
  to.answer = [gate](const request&) {
    gate.wait();
    return outcome{error{errc::later, "nothing yet"}};
  };
  start();
  auto first = send(ask{"w", duration{0}, {}}, "first");
  while (true) {
    std::lock_guard hold(to.mutex);
    if (!to.seen.empty()) break;
  }
  auto second = send(ask{"w", duration{0}, {}}, "second");
  CHECK(send(withdraw{"second"}, "w").get());
  CHECK(second.get().error().code == errc::later);
  go.set_value();
  CHECK(first.get().error().code == errc::later);
  CHECK(to.seen == std::vector<std::string>{"first"});
}

TEST_CASE_FIXTURE(fixture, "an ask that nobody can answer ends when it is withdrawn, and so does the withdrawal") {
  to.answer = [](const request&) { return outcome{gone()}; };
  start();
  auto asked = send(ask{"w", duration{0}, {}}, "a");
  while (true) {
    std::lock_guard hold(to.mutex);
    if (to.seen.size() > 2) break;
  }
  CHECK(send(withdraw{"a"}, "w").get());
  CHECK(asked.get().error().code == errc::later);
}

TEST_CASE_FIXTURE(fixture, "asks do not wait behind each other while a line is free") {
  std::promise<void> go;
  auto gate = go.get_future().share();
  to.answer = [gate](const request& x) {
    if (x.request_id == "slow") gate.wait();
    return outcome{answer{done{}}};
  };
  start(2);
  auto slow = send(ask{"w", duration{0}, {}}, "slow");
  CHECK(send(ask{"w", duration{0}, {}}, "quick").get());
  go.set_value();
  CHECK(slow.get());
}
