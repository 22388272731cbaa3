#include "actors/remote_gateway.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;

namespace {

struct fixture : test::virtual_time {
  fixture() {
    gateway = system.spawn(run_remote_gateway, [this](const command_to& what, std::function<void(outcome)> answer) {
      if (bursts) throw std::runtime_error("the bridge is gone");
      sent.push_back(what);
      answers.push_back(std::move(answer));
    });
    settle();
  }
  ~fixture() {
    if (gateway) stop(gateway);
    gateway = nullptr;
  }
  promised<outcome> command(std::string id) {
    auto out = ask<outcome>(gateway, command_to{{7}, {std::move(id), vilfredo::pause{}}});
    settle();
    return out;
  }

  remote_gateway_actor gateway;
  bool bursts = false;
  std::vector<command_to> sent;
  std::vector<std::function<void(outcome)>> answers;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "commands go elsewhere as they are, and each gets its own answer in whatever order") {
  auto one = command("one"), two = command("two");
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].experiment == experiment_id{7});
  CHECK(sent[1].request.request_id == "two");
  CHECK(!*one);
  answers[1](error{errc::paused, "second"});
  settle();
  CHECK(!*one);
  CHECK((**two).error().message == "second");
  answers[0](answer{done{}});
  settle();
  CHECK(**one);
}

TEST_CASE_FIXTURE(fixture, "an answer that comes when it is gone is dropped") {
  command("one");
  stop(gateway);
  gateway = nullptr;
  settle();
  answers[0](answer{done{}});
  settle();
}

TEST_CASE_FIXTURE(fixture, "a command that cannot be carried for what is thrown is to be tried again") {
  bursts = true;
  auto lost = command("one");
  REQUIRE(lost->has_value());
  CHECK((**lost).error().code == errc::unavailable);
  CHECK((**lost).error().message == "who carries commands threw: the bridge is gone");
  bursts = false;
  auto again = command("one");
  REQUIRE(answers.size() == 1);
  answers[0](answer{done{}});
  settle();
  CHECK(**again);
}
