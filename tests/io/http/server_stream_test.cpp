#include <future>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/echo_server.hpp"
#include "tests/support/raw_client.hpp"

using namespace vilfredo;
using test::echo_server;
using test::raw_client;

namespace {
const std::string simple = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
using stream = std::shared_ptr<http::event_stream>;

/// A server that answers /events with streams for the test to hold.
struct streaming {
  std::promise<stream> begun;
  echo_server server;
  explicit streaming(http::server_options how = {})
      : server(std::move(how), [this](std::shared_ptr<http::exchange> asked) {
          if (asked->what().path != "/events") return echo_server::echo(asked);
          begun.set_value(asked->stream({200, {{"Content-Type", "text/event-stream"}}, {}}, "dropped"));
        }) {}
  stream next() {
    auto out = begun.get_future().get();
    begun = {};
    return out;
  }
};

const std::string events = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";
}  // namespace

TEST_CASE("a stream's pieces arrive as they are sent, and the connection is kept after its end") {
  streaming world;
  raw_client client(world.server.port());
  client.send(events + simple);
  auto stream = world.next();
  CHECK(client.head().find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(stream->send("one"));
  CHECK(client.chunk() == "one");
  CHECK(stream->send("two"));
  CHECK(client.chunk() == "two");
  stream->close();
  CHECK(client.chunk().empty());
  CHECK(client.answer().body.starts_with("GET /\n"));
}

TEST_CASE("a stream that everybody has forgotten ends") {
  streaming world;
  raw_client client(world.server.port());
  client.send(events);
  world.next().reset();
  CHECK(client.answer().status == 200);
  client.send(simple);
  CHECK(client.answer().status == 200);
}

TEST_CASE("HTTP/1.0 gets a stream without chunks, up to the end of the connection") {
  streaming world;
  raw_client client(world.server.port());
  client.send("GET /events HTTP/1.0\r\n\r\n");
  auto stream = world.next();
  stream->send("one");
  stream->send("two");
  stream->close();
  CHECK(client.answer().body == "onetwo");
}

TEST_CASE("who sends is told when the reader leaves") {
  streaming world;
  auto client = std::make_unique<raw_client>(world.server.port());
  client->send(events);
  auto stream = world.next();
  std::promise<void> gone;
  stream->on_gone([&] { gone.set_value(); });
  client->head();
  client.reset();
  gone.get_future().get();
  CHECK_FALSE(stream->send("x"));
  CHECK(world.server->counted().streams_open == 0);
}

TEST_CASE("a reader that is too slow is dropped with a word, and no other waits for it") {
  http::server_options how;
  how.within.stream_bytes = 64 * 1024;
  streaming world(how);
  raw_client slow(world.server.port(), 4096), other(world.server.port());
  slow.send(events);
  auto stream = world.next();
  std::promise<void> gone;
  stream->on_gone([&] { gone.set_value(); });
  const std::string piece(10'000, 'x');
  while (stream->send(piece)) {
    other.send(simple);
    CHECK(other.answer().status == 200);
  }
  auto body = slow.answer().body;
  // Where the server had no time to write anything before, the word is all there is.
  REQUIRE(body.ends_with("dropped"));
  CHECK(body.find_first_not_of('x') == body.size() - std::string("dropped").size());
  gone.get_future().get();
  CHECK(world.server->counted().streams_dropped == 1);
}

TEST_CASE("a reader that takes nothing at all is dropped when its time to write is over") {
  http::server_options how;
  how.within.stream_bytes = 16 * 1024 * 1024;
  how.within.write_time = duration{50};
  streaming world(how);
  raw_client client(world.server.port(), 4096);
  client.send(events);
  auto stream = world.next();
  std::promise<void> gone;
  stream->on_gone([&] { gone.set_value(); });
  for (int i = 0; i < 8; ++i) stream->send(std::string(1024 * 1024, 'x'));
  gone.get_future().get();
  CHECK_FALSE(stream->send("x"));
}

TEST_CASE("a server that stops ends its streams") {
  http::server_options how;
  how.within.linger_time = duration{20};
  streaming world(how);
  raw_client client(world.server.port());
  client.send(events);
  auto stream = world.next();
  stream->send("one");
  world.server->stop(duration{60'000});
  CHECK(client.answer().body == "one");
  CHECK_FALSE(stream->send("two"));
}
