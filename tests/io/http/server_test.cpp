#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/http/presence.hpp"
#include "io/http/server.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/raw_client.hpp"

using namespace vilfredo;
using test::echo_server;
using test::raw_client;

namespace {
const std::string simple = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& body, const std::string& headers = {}) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}
}  // namespace

TEST_CASE("a request is answered, and its connection kept for the next one") {
  echo_server server;
  raw_client client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("hello", "X-Name: value\r\n"));
    auto got = client.answer();
    CHECK(got.status == 200);
    CHECK(got.body.ends_with("body hello"));
    CHECK(got.body.find("header x-name=value\n") != std::string::npos);
    CHECK(got.headers["date"].ends_with(" GMT"));
    CHECK_FALSE(got.headers.contains("connection"));
  }
  CHECK(server->counted().requests == 3);
  CHECK(server->counted().connections == 1);
}

TEST_CASE("requests that come together are answered in their order") {
  echo_server server;
  raw_client client(server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(all);
  for (int i = 0; i < 100; ++i) CHECK(client.answer().body.starts_with("GET /" + std::to_string(i) + "\n"));
}

TEST_CASE("what is left to do before an answer is run by the thread that writes it, as long as there is one") {
  std::promise<std::pair<std::shared_ptr<http::exchange>, std::thread::id>> asked;
  std::shared_ptr<http::exchange> held;
  {
    echo_server server({}, [&](std::shared_ptr<http::exchange> x) {
      asked.set_value({std::move(x), std::this_thread::get_id()});
    });
    raw_client client(server.port());
    client.send(simple);
    auto [exchange, thread] = asked.get_future().get();
    held = exchange;
    std::function<void()> rest = [by = exchange, thread] {
      by->answer({200, {}, std::this_thread::get_id() == thread ? "near" : "elsewhere"});
    };
    CHECK(exchange->run_near(rest));
    CHECK(client.answer().body == "near");
  }
  bool ran = false;
  std::function<void()> late = [&ran] { ran = true; };
  CHECK_FALSE(held->run_near(late));
  CHECK_FALSE(ran);
  REQUIRE(late);
  late();
  CHECK(ran);
}

TEST_CASE("an answer may come later, by another thread") {
  std::promise<std::shared_ptr<http::exchange>> asked;
  echo_server server({}, [&](std::shared_ptr<http::exchange> x) { asked.set_value(std::move(x)); });
  raw_client client(server.port());
  client.send(simple);
  asked.get_future().get()->answer({201, {{"X-Id", "7\r\nInjected: 1"}}, "late"});
  auto got = client.answer();
  CHECK(got.status == 201);
  CHECK(got.body == "late");
  CHECK(got.headers["x-id"] == "7  Injected: 1");
}

TEST_CASE("a request that nobody answers is answered 500, the second answer to one is not sent") {
  echo_server server({}, [](std::shared_ptr<http::exchange> asked) {
    if (asked->what().path == "/twice") {
      asked->answer({200, {}, "first"});
      asked->answer({200, {}, "second"});
      CHECK(asked->stream({}) == nullptr);
    }
    if (asked->what().path == "/throw") throw std::runtime_error("no");
  });
  raw_client client(server.port());
  client.send(simple);
  CHECK(client.answer().status == 500);
  client.send("GET /twice HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.answer().body == "first");
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.answer().status == 500);
  CHECK(server->counted().connections == 1);
}

TEST_CASE("HEAD is answered without a body, as are 204 and 304") {
  echo_server server({}, [](std::shared_ptr<http::exchange> asked) {
    asked->answer({asked->what().path == "/none" ? 204 : 200, {}, "text"});
  });
  raw_client client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.answer(true).headers["content-length"] == "4");
  client.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_FALSE(client.answer().headers.contains("content-length"));
  client.send(simple);
  CHECK(client.answer().body == "text");
}

TEST_CASE("HTTP/1.0 is answered and closed, or kept if it asks for that") {
  echo_server server;
  raw_client client(server.port());
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(client.answer().headers["connection"] == "keep-alive");
  client.send("GET /b HTTP/1.0\r\n\r\n");
  auto got = client.answer();
  CHECK(got.body.starts_with("GET /b\n"));
  CHECK(got.headers["connection"] == "close");
  CHECK(client.closed());
}

TEST_CASE("a client that waits to be told sends its body when it was") {
  echo_server server;
  raw_client client(server.port());
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  CHECK(client.answer().status == 100);
  client.send("abc");
  CHECK(client.answer().body.ends_with("body abc"));
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n");
  CHECK(client.answer().status == 413);
}

TEST_CASE("chunked bodies arrive whole") {
  echo_server server;
  raw_client client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: t\r\n\r\n" +
      simple);
  CHECK(client.answer().body.ends_with("body abcde"));
  CHECK(client.answer().body.starts_with("GET /\n"));
}

TEST_CASE("a body and an answer of megabytes pass") {
  echo_server server;
  raw_client client(server.port());
  std::string large(8 * 1024 * 1024, 'x');
  large[12345] = 'y';
  std::thread sender([&] { client.send(post(large)); });
  auto got = client.answer();
  sender.join();
  CHECK(got.body.ends_with("body " + large));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which hold back what is freed
TEST_CASE("an idle connection keeps nothing of the bodies that passed through it") {
  const auto resident = [] {
    long all = 0, out = 0;
    std::ifstream("/proc/self/statm") >> all >> out;
    return out * ::sysconf(_SC_PAGESIZE);
  };
  echo_server server;
  const auto asked = post(std::string(100'000, 'x'));
  std::vector<std::unique_ptr<raw_client>> idle;
  const auto one_more = [&] {
    idle.push_back(std::make_unique<raw_client>(server.port()));
    idle.back()->send(asked);
    CHECK(idle.back()->answer().body.size() > 100'000);
  };
  for (int i = 0; i < 10; ++i) one_more();
  const auto before = resident();
  for (int i = 0; i < 200; ++i) one_more();
  CHECK((resident() - before) / 200 < 32 * 1024);
}
#endif

TEST_CASE("large answers are compressed for those who accept it") {
  echo_server server({}, [](std::shared_ptr<http::exchange> asked) {
    asked->answer({200, {}, std::string(asked->what().path == "/small" ? 10 : 1'000'000, 'x')});
  });
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
  auto got = client.answer();
  CHECK(got.headers["content-encoding"] == "gzip");
  CHECK(got.headers["vary"] == "Accept-Encoding");
  CHECK(got.body.size() < 10'000);
  CHECK(got.body.starts_with("\x1f\x8b"));
  client.send("GET /small HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
  CHECK_FALSE(client.answer().headers.contains("content-encoding"));
  client.send(simple);
  got = client.answer();
  CHECK_FALSE(got.headers.contains("content-encoding"));
  CHECK(got.body.size() == 1'000'000);
}

TEST_CASE("a client that has closed its sending side still gets its answer") {
  echo_server server;
  raw_client client(server.port());
  client.send(simple);
  client.end_sending();
  CHECK(client.answer().status == 200);
  CHECK(client.closed());
}

TEST_CASE("a handler hears that the one who asked has gone, but not when its answer has left") {
  std::promise<std::shared_ptr<http::exchange>> asked;
  std::atomic<int> heard = 0;
  std::promise<void> left;
  echo_server server({}, [&](std::shared_ptr<http::exchange> x) {
    if (x->what().path == "/quick") {
      x->what().presence->on_leave([&] { ++heard; });
      return echo_server::echo(x);
    }
    x->what().presence->on_leave([&] { left.set_value(); });
    asked.set_value(std::move(x));
  });
  auto client = std::make_unique<raw_client>(server.port());
  client->send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client->answer().status == 200);
  client->send(simple);
  auto held = asked.get_future().get();
  client.reset();
  left.get_future().get();
  CHECK(heard == 0);
  bool at_once = false;
  held->what().presence->on_leave([&] { at_once = true; });
  CHECK(at_once);
}

TEST_CASE("slow clients are told what they were too slow for, and closed") {
  http::server_options how;
  how.within.header_time = how.within.body_time = how.within.idle_time = duration{250};
  echo_server server(how);
  raw_client header(server.port()), body(server.port()), idle(server.port()), again(server.port());
  header.send("GET / HTTP/1.1\r\nHost");
  body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc");
  again.send(simple);
  auto got = header.answer();
  CHECK(got.status == 408);
  CHECK(got.body.find("headers did not arrive within 250 ms") != std::string::npos);
  CHECK(header.closed());
  got = body.answer();
  CHECK(got.status == 408);
  CHECK(got.body.find("body did not arrive within 250 ms") != std::string::npos);
  CHECK(body.closed());
  CHECK(idle.closed());
  CHECK(again.answer().status == 200);
  CHECK(again.closed());
}

TEST_CASE("hundreds that are too slow at the same time are all told so") {
  http::server_options how;
  how.threads = 1;
  how.within.header_time = duration{300};
  echo_server server(how);
  std::vector<std::unique_ptr<raw_client>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<raw_client>(server.port()));
    slow.back()->send("GET / HTTP/1.1\r\nHost");
  }
  for (auto& each : slow) CHECK(each->answer().status == 408);
  raw_client other(server.port());
  other.send(simple);
  CHECK(other.answer().status == 200);
}

TEST_CASE("a client that drips bytes does not gain time") {
  http::server_options how;
  how.within.header_time = duration{50};
  echo_server server(how);
  raw_client client(server.port());
  client.send("GET / HTTP/1.1\r\n");
  bool open = true;
  while (open) {
    open = client.send("A: b\r\n");
    std::this_thread::yield();
    if (server->counted().refused > 0) break;
  }
  CHECK(server->counted().refused == 1);
}

TEST_CASE("a client that does not take its answer is closed") {
  http::server_options how;
  how.within.write_time = duration{50};
  echo_server server(how, [](std::shared_ptr<http::exchange> asked) {
    asked->answer({200, {}, std::string(64 * 1024 * 1024, 'x')});
  });
  raw_client client(server.port(), 4096);
  client.send(simple);
  while (server->counted().requests == 0 || server->counted().connections_open > 0) std::this_thread::yield();
  CHECK(server.said().size() == 1);
}

TEST_CASE("one connection too many is told so where all others are being served") {
  http::server_options how;
  how.within.connections = 2;
  std::mutex mutex;
  std::vector<std::shared_ptr<http::exchange>> held;
  echo_server server(how, [&](std::shared_ptr<http::exchange> asked) {
    std::lock_guard hold(mutex);
    held.push_back(std::move(asked));
  });
  raw_client first(server.port()), second(server.port());
  first.send(simple);
  second.send(simple);
  while (server->counted().requests < 2) std::this_thread::yield();
  raw_client third(server.port());
  auto got = third.answer();
  CHECK(got.status == 503);
  CHECK(got.body.find("as many connections open as it takes, 2") != std::string::npos);
  CHECK(third.closed());
  std::lock_guard hold(mutex);
  for (auto& each : held) each->answer({200, {}, "at last"});
  for (auto* each : {&first, &second}) CHECK(each->answer().body == "at last");
  CHECK(server->counted().connections_over == 1);
}

TEST_CASE("where all places are taken, those who have waited longest for a request make room for others") {
  http::server_options how;
  how.within.connections = 3;
  how.threads = 1;
  echo_server server(how);
  const auto body = post("not all of it");
  raw_client silent(server.port()), drips(server.port()), half(server.port());
  drips.send("GET / HTTP/1.1\r\nX: y\r\n");
  half.send(std::string_view(body).substr(0, body.size() - 1));
  std::vector<std::unique_ptr<raw_client>> served;
  for (auto* leaves : {&silent, &drips, &half}) {
    served.push_back(std::make_unique<raw_client>(server.port()));
    served.back()->send(simple);
    CHECK(served.back()->answer().status == 200);
    CHECK(leaves->closed());
  }
  // Whoever was served last has waited least.
  served[0]->send(simple);
  CHECK(served[0]->answer().status == 200);
  raw_client next(server.port());
  next.send(simple);
  CHECK(next.answer().status == 200);
  CHECK(served[1]->closed());
  for (std::size_t i : {0, 2}) {
    served[i]->send(simple);
    CHECK(served[i]->answer().status == 200);
  }
  CHECK(server->counted().connections_over == 4);
}

TEST_CASE("all clients' long bodies together have a limit, and short ones always find room") {
  http::server_options how;
  how.within.body_bytes = 1'000'000;
  how.within.bodies_bytes = 1'500'000;
  echo_server server(how);
  const std::string most(900'000, 'x');
  const auto all = post(most + "y");
  raw_client first(server.port()), second(server.port());
  first.send(std::string_view(all).substr(0, all.size() - 1));
  while (server->counted().bytes_read < all.size() - 1) std::this_thread::yield();
  second.send(all);
  auto refused = second.answer();
  CHECK(refused.status == 503);
  CHECK(refused.body.find("1500000 bytes") != std::string::npos);
  CHECK(second.closed());
  raw_client small(server.port());
  small.send(post(std::string(60'000, 'z')));
  CHECK(small.answer().status == 200);
  first.send("y");
  CHECK(first.answer().status == 200);
  // What was held is given back, by those that were answered, refused, and closed.
  for (int i = 0; i < 5; ++i) {
    raw_client next(server.port());
    next.send(all);
    CHECK(next.answer().status == 200);
    raw_client leaves(server.port());
    leaves.send(std::string_view(all).substr(0, 700'000));
    leaves.end_sending();
    CHECK(leaves.answer().status == 400);
  }
}

TEST_CASE("a long body is refused at its head by who knows better, and a short one is read whatever he would say") {
  std::atomic<int> asked = 0;
  http::server_options how;
  how.within.bodies_bytes = 100'000;  // a body that were read would be refused with 503
  echo_server server(how, echo_server::echo, [&](const http::request& head) -> std::optional<http::response> {
    ++asked;
    CHECK(head.peer.starts_with("127.0.0.1:"));
    if (head.header("x-token")) return std::nullopt;
    return http::response{401, {{"X-Why", "token"}}, "who is that?"};
  });
  const auto long_one = post(std::string(5'000'000, 'x'));
  const std::string_view head = std::string_view(long_one).substr(0, long_one.find("\r\n\r\n") + 4);
  {
    raw_client waits(server.port());
    waits.send(head);  // and nothing of the body
    auto got = waits.answer();
    CHECK(got.status == 401);
    CHECK(got.body == "who is that?");
    CHECK(got.headers["connection"] == "close");
    CHECK(got.headers["x-why"] == "token");
    CHECK(waits.closed());
  }
  {
    raw_client sends_all(server.port());
    CHECK(sends_all.send(long_one));
    CHECK(sends_all.answer().status == 401);
  }
  {
    raw_client in_chunks(server.port());
    in_chunks.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 5; ++i) in_chunks.send("2000\r\n" + std::string(0x2000, 'x') + "\r\n");
    CHECK(in_chunks.answer().status == 401);
    CHECK(in_chunks.closed());
  }
  CHECK(asked == 3);
  CHECK(server->counted().requests == 0);
  CHECK(server->counted().refused == 0);
  raw_client brief(server.port());
  const auto short_one = post(std::string(http::brief_body, 'x'));
  brief.send(std::string_view(short_one).substr(0, 5000));
  brief.send(std::string_view(short_one).substr(5000));
  CHECK(brief.answer().status == 200);
  CHECK(asked == 3);
  brief.send(post(std::string(http::brief_body + 1, 'x'), "X-Token: t\r\n"));
  CHECK(brief.answer().status == 200);
  CHECK(asked == 4);
}

TEST_CASE("who waits to be told whether to send a body is told what is wrong without it, instead") {
  http::server_options how;
  echo_server server(how, echo_server::echo, [](const http::request& head) -> std::optional<http::response> {
    if (head.header("x-token")) return std::nullopt;
    return http::response{401, {}, {}};
  });
  const std::string expects = "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  raw_client stranger(server.port()), known(server.port()), hasty(server.port());
  stranger.send("PUT / HTTP/1.1\r\nHost: h\r\n" + expects);
  auto got = stranger.answer();
  CHECK(got.status == 401);
  CHECK(got.headers["connection"] == "close");
  CHECK(stranger.closed());
  known.send("PUT / HTTP/1.1\r\nHost: h\r\nX-Token: t\r\n" + expects);
  CHECK(known.answer().status == 100);
  known.send("abc");
  CHECK(known.answer().body.ends_with("body abc"));
  // Its body is here and short: it is read like any other.
  hasty.send("PUT / HTTP/1.1\r\nHost: h\r\n" + expects + "abc");
  CHECK(hasty.answer().status == 200);
}

TEST_CASE("a client that sends on after its last answer is waited for, but not for ever") {
  http::server_options how;
  how.within.linger_time = duration{100};
  how.within.body_time = duration{400};
  how.within.body_bytes = 1000;
  echo_server server(how);
  const auto head = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n";
  raw_client drips(server.port()), floods(server.port()), silent(server.port());
  for (auto* each : {&drips, &floods, &silent}) {
    each->send(head);
    CHECK(each->answer().status == 413);
  }
  // After linger_time it is still there, after body_time it is not.
  const auto begin = std::chrono::steady_clock::now();
  while (drips.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(200));
  CHECK(silent.closed());
  const std::string much(1'000'000, 'x');
  int sent = 0;
  while (sent < 1000 && floods.send(much)) ++sent;
  CHECK(sent < 100);
  while (server->counted().connections_open > 0) std::this_thread::yield();
}

TEST_CASE("a server that may open no more files goes on when it may") {
  echo_server server;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit one_more = before;
  {
    io::file_descriptor next(::dup(0));
    one_more.rlim_cur = static_cast<rlim_t>(next.number()) + 1;
  }
  ::setrlimit(RLIMIT_NOFILE, &one_more);
  raw_client client(server.port());
  client.send(simple);
  while (server.said().empty()) std::this_thread::yield();
  // It tries again meanwhile, and says so once.
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  CHECK(server.said() == std::vector<std::string>{"connections cannot be accepted at present (Too many open files)"});
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(client.answer().status == 200);
}

TEST_CASE("what a client sends is never logged") {
  echo_server server;
  raw_client client(server.port());
  client.send("GET /secret?token=secret HTTP/1.1\r\nHost: h\r\nAuthorization: secret\r\nsecret\r\n\r\n");
  CHECK(client.answer().status == 400);
  auto said = server.said();
  REQUIRE(said.size() == 1);
  CHECK(said[0].starts_with("127.0.0.1:"));
  CHECK(said[0].find("secret") == std::string::npos);
}

TEST_CASE("a server that stops answers what is under way and closes the rest") {
  http::server_options how;
  how.within.linger_time = duration{20};
  std::promise<std::shared_ptr<http::exchange>> asked;
  echo_server server(how, [&](std::shared_ptr<http::exchange> x) { asked.set_value(std::move(x)); });
  raw_client busy(server.port()), idle(server.port());
  busy.send(simple);
  auto waiting = asked.get_future().get();
  while (server->counted().connections < 2) std::this_thread::yield();
  auto stopped = std::async(std::launch::async, [&] { server->stop(duration{60'000}); });
  CHECK(idle.closed());
  waiting->answer({200, {}, "done"});
  auto got = busy.answer();
  CHECK(got.body == "done");
  CHECK(got.headers["connection"] == "close");
  CHECK(busy.closed());
  stopped.get();
}

TEST_CASE("a server that stops does not wait longer than it was told for an answer, which may then come in vain") {
  std::promise<std::shared_ptr<http::exchange>> asked;
  auto server = std::make_unique<echo_server>(
      http::server_options{}, [&](std::shared_ptr<http::exchange> x) { asked.set_value(std::move(x)); });
  raw_client client(server->port());
  client.send(simple);
  auto waiting = asked.get_future().get();
  (*server)->stop(duration{1});
  CHECK(client.closed());
  server.reset();
  waiting->answer({200, {}, "in vain"});
}

TEST_CASE("a server that cannot listen says why") {
  echo_server first;
  http::server_options how;
  how.port = first.port();
  auto open = [&] {
    return http::server::open(
        how, echo_server::echo, [](const auto&) {}, [](int, const auto&) { return http::response{}; });
  };
  auto second = open();
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "cannot listen on 127.0.0.1 port " + std::to_string(first.port()) + ": Address already in use");
  how.address = "nowhere";
  auto third = open();
  REQUIRE_FALSE(third);
  CHECK(third.error().message.starts_with("\"nowhere\" is not an address"));
}
