#include "app/inbox.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <thread>

using namespace vilfredo;
using namespace vilfredo::app;

namespace {
bool readable(int descriptor) {
  pollfd p{descriptor, POLLIN, 0};
  return poll(&p, 1, 0) == 1;
}
facts_came facts(std::size_t n) {
  return {{1}, std::make_shared<const std::vector<fact>>(n, fact{1, {}, "", events::experiment_paused{}})};
}
}  // namespace

TEST_CASE("letters come in order, from any thread, and the descriptor says when there are some") {
  inbox box;
  CHECK(!readable(box.descriptor()));
  std::thread([&] {
    box.put(told{"one"});
    box.put(told{"two"});
  }).join();
  CHECK(readable(box.descriptor()));
  auto got = box.take();
  REQUIRE(got.size() == 2);
  CHECK(std::get<told>(got[0]).news == "one");
  CHECK(!readable(box.descriptor()));
  CHECK(box.take().empty());
}

TEST_CASE("facts above the bound are dropped, other letters are not") {
  inbox box;
  box.put(facts(inbox::most_facts));
  box.put(facts(1));
  box.put(worker_ended{});
  CHECK(box.take().size() == 2);
  box.put(facts(1));
  CHECK(box.take().size() == 1);
}
