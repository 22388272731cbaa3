#include "actors/remote_gateway.hpp"

#include <doctest/doctest.h>

#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;

namespace {

struct fixture : test::virtual_time {
  fixture() {
    gateway = system.spawn(run_remote_gateway, [this](const command_to& what, std::function<void(outcome)> answer) {
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
