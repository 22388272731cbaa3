#include "app/ending_limit.hpp"

#include <atomic>
#include <chrono>
#include <future>

#include <doctest/doctest.h>

using vilfredo::app::ending_limit;
using namespace std::chrono_literals;

TEST_CASE("an end in time says nothing and leaves nothing undone") {
  std::atomic<int> calls = 0;
  {
    ending_limit limit{1h, [&] { ++calls; }, [&] { ++calls; }};
  }
  CHECK(calls == 0);
}

TEST_CASE("an end that takes too long is told before it is forced") {
  std::atomic<bool> said = false;
  std::promise<bool> left;
  ending_limit limit{0ms, [&] { said = true; }, [&] { left.set_value(said); }};
  auto told = left.get_future();
  REQUIRE(told.wait_for(20s) == std::future_status::ready);
  CHECK(told.get());
}

TEST_CASE("words that never end do not keep a process") {
  std::promise<void> stuck, over, left;
  {
    ending_limit limit{0ms,
                       [&] {
                         stuck.get_future().wait();
                         over.set_value();
                       },
                       [&] { left.set_value(); }};
    REQUIRE(left.get_future().wait_for(20s) == std::future_status::ready);
  }
  stuck.set_value();
  REQUIRE(over.get_future().wait_for(20s) == std::future_status::ready);
}
