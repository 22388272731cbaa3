#include "app/workshop.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/builders.hpp"
#include "tests/support/fake_launcher.hpp"

using namespace vilfredo;
using namespace vilfredo::app;
using namespace std::chrono_literals;

TEST_CASE("a workshop is closed by another thread than made it, while its worker waits for a trial") {
  inbox letters;
  std::promise<std::function<void(outcome)>> asked;
  std::atomic<bool> before = false;
  auto job = std::make_shared<definition>(test::simple_experiment());
  job->run.emplace().command = {"train"};
  workshop_options options;
  options.work.experiment = {1};
  options.work.definition = job;
  options.work.space = test::must(ledger::open({1, {}, "made", events::experiment_created{job}})).shared_space();
  options.work.launcher = std::make_shared<test::fake_launcher>();
  options.name = "here";
  options.letters = &letters;
  options.carry = [&](const request& what, std::function<void(outcome)> then) {
    if (std::holds_alternative<ask>(what.what) && !before.exchange(true)) return asked.set_value(std::move(then));
    then(std::holds_alternative<release_worker>(what.what) ? outcome{done{}} : error{errc::unavailable, "not now"});
  };
  auto shop = std::make_unique<workshop>(options);
  auto answer = asked.get_future();
  REQUIRE(answer.wait_for(60s) == std::future_status::ready);

  std::promise<void> closed;
  std::thread closing([&] {
    shop.reset();
    closed.set_value();
  });
  // Whoever carries answers each, also those that nobody waits for any more.
  answer.get()(error{errc::unavailable, "closed"});
  if (closed.get_future().wait_for(60s) != std::future_status::ready) {
    MESSAGE("the workshop does not end");
    std::abort();  // neither does whatever waits for it
  }
  closing.join();
}
