#include "app/ending_watch.hpp"

#include <signal.h>

#include <chrono>
#include <future>

#include <doctest/doctest.h>

using namespace vilfredo::app;
using namespace std::chrono_literals;

namespace {

/// How it ends: the promise is kept when the process would leave.
struct leaving {
  std::promise<bool> left;
  bool said = false;

  std::function<void()> words() {
    return [this] { said = true; };
  }
  std::function<void()> leave() {
    return [this] { left.set_value(said); };
  }
  bool leaves_after_words() {
    auto coming = left.get_future();
    REQUIRE(coming.wait_for(20s) == std::future_status::ready);
    return coming.get();
  }
};

}  // namespace

TEST_CASE("who is told to end while it waits leaves when its time is over") {
  leaving how;
  signals caught;
  ending_watch watch(caught, {SIGINT, SIGTERM}, 0ms, how.words(), how.leave());
  ::raise(SIGTERM);
  CHECK(how.leaves_after_words());
}

TEST_CASE("a second wish is not waited for, and other signals are none") {
  leaving how;
  signals caught;
  ending_watch watch(caught, {SIGINT, SIGTERM}, 1h, how.words(), how.leave());
  for (int number : {SIGWINCH, SIGHUP, SIGINT, SIGWINCH, SIGTERM}) ::raise(number);
  CHECK(how.leaves_after_words());
  CHECK(watch.heard() == std::vector{SIGWINCH, SIGHUP, SIGINT, SIGWINCH, SIGTERM});
}

TEST_CASE("who has waited for long enough goes on with what was heard meanwhile") {
  leaving how;
  signals caught;
  std::vector<int> came;
  {
    ending_watch watch(caught, {SIGINT}, 1h, how.words(), how.leave());
    ::raise(SIGINT);
    ::raise(SIGWINCH);
    came = watch.heard();
  }
  for (int number : caught.take()) came.push_back(number);
  CHECK(came == std::vector{SIGINT, SIGWINCH});
  CHECK_FALSE(how.said);
}
