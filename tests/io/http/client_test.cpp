#include <future>
#include <string>

#include <doctest/doctest.h>

#include "io/http/client.hpp"
#include "tests/support/echo_server.hpp"

using namespace vilfredo;
using test::echo_server;

namespace {
std::unique_ptr<http::client> client_of(std::uint16_t port, const std::string& prefix = {},
                                        http::client_options how = {}) {
  auto made = http::client::make(*http::parse_url("http://127.0.0.1:" + std::to_string(port) + prefix), how);
  REQUIRE(made);
  return *std::move(made);
}
}  // namespace

TEST_CASE("a client asks one question after the other on one connection") {
  echo_server server;
  auto client = client_of(server.port(), "/prefix/");
  for (int i = 0; i < 3; ++i) {
    auto got = client->ask(
        {.method = "MERGE", .target = "/x?a=b", .headers = {{"X-A", "1"}}, .body = "text", .answer_time = {}});
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body.starts_with("MERGE /prefix/x\nquery a=b\n"));
    CHECK(got->body.ends_with("body text"));
    CHECK(*got->header("content-type") == "text/plain");
  }
  CHECK(server->counted().connections == 1);
}

TEST_CASE("answers are given whatever their status, and HEAD has no body") {
  echo_server server({}, [](std::shared_ptr<http::exchange> asked) { asked->answer({404, {}, "not here"}); });
  auto client = client_of(server.port());
  auto got = client->ask({});
  REQUIRE(got);
  CHECK(got->status == 404);
  CHECK(got->body == "not here");
  http::question head;
  head.method = "HEAD";
  got = client->ask(head);
  REQUIRE(got);
  CHECK(got->body.empty());
  CHECK(*got->header("content-length") == "8");
}

TEST_CASE("a connection that the server closed meanwhile is made again") {
  auto server = std::make_unique<echo_server>();
  const auto port = server->port();
  auto client = client_of(port);
  CHECK(client->ask({}));
  server.reset();
  auto gone = client->ask({});
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == errc::unavailable);
  CHECK(gone.error().message == "cannot reach 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  http::server_options same;
  same.port = port;
  server = std::make_unique<echo_server>(same);
  CHECK(client->ask({}));
}

TEST_CASE("an answer that does not come in time is an error, and the next question is asked anew") {
  std::shared_ptr<http::exchange> held;
  echo_server server({}, [&](std::shared_ptr<http::exchange> asked) {
    if (asked->what().path == "/slow") {
      held = std::move(asked);
    } else {
      echo_server::echo(asked);
    }
  });
  http::client_options how;
  auto client = client_of(server.port(), {}, how);
  http::question slow;
  slow.target = "/slow";
  slow.answer_time = duration{30};
  auto got = client->ask(slow);
  REQUIRE_FALSE(got);
  CHECK(got.error().message ==
        "the answer of 127.0.0.1:" + std::to_string(server.port()) + " did not arrive within 30 ms");
  CHECK(client->ask({}));
  held.reset();
}

TEST_CASE("what is closed from another thread ends at once, and nothing is asked afterwards") {
  std::promise<std::shared_ptr<http::exchange>> promise;
  auto asked = promise.get_future();
  echo_server server({}, [&](std::shared_ptr<http::exchange> x) { promise.set_value(std::move(x)); });
  http::client_options how;
  how.answer_time = duration{3'600'000};
  auto client = client_of(server.port(), {}, how);
  auto answer = std::async(std::launch::async, [&] { return client->ask({}); });
  auto held = asked.get();
  client->close();
  CHECK(answer.get().error().message.ends_with("the connection was closed on this side"));
  CHECK(client->ask({}).error().code == errc::unavailable);
}

TEST_CASE("a server that refuses what is too long is heard") {
  http::server_options small;
  small.within.body_bytes = 100;
  echo_server server(small);
  auto client = client_of(server.port());
  http::question large;
  large.method = "POST";
  large.body.assign(4'000'000, 'x');
  auto got = client->ask(large);
  REQUIRE(got);
  CHECK(got->status == 413);
  CHECK(client->ask({}));
}

TEST_CASE("answers have a limit") {
  echo_server server({}, [](std::shared_ptr<http::exchange> asked) {
    asked->answer({200, {}, std::string(1000, 'x')});
  });
  http::client_options how;
  how.answer_bytes = 999;
  auto got = client_of(server.port(), {}, how)->ask({});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.ends_with("is longer than 999 bytes"));
}

TEST_CASE("a question that would become two is not asked") {
  echo_server server;
  auto client = client_of(server.port());
  http::question line, field, blank;
  line.target = "/ HTTP/1.1\r\nHost: h\r\n\r\n";
  blank.target = "/a b";
  field.headers = {{"A", "b\r\nC: d"}};
  for (const auto& each : {line, field, blank}) {
    auto got = client->ask(each);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid);
  }
  CHECK(server->counted().connections == 0);
}

TEST_CASE("a host that does not exist is an error") {
  auto made = http::client::make(*http::parse_url("http://no-such-host.invalid:1"));
  REQUIRE(made);
  auto got = (*made)->ask({});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.starts_with("cannot reach no-such-host.invalid:1: its name is not known"));
}
