#include <cstdint>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "io/http/head.hpp"

using namespace vilfredo::http;

namespace {
head read(const std::string& text) {
  auto out = parse_head(text, {});
  if (auto* fault = std::get_if<refusal>(&out)) FAIL(fault->message);
  return std::get<head>(std::move(out));
}

int status_of(const std::string& text, const limits& within = {}) {
  auto out = parse_head(text, within);
  auto* fault = std::get_if<refusal>(&out);
  return fault ? fault->status : 0;
}

/// As `scan` says it when every byte arrives alone: the size, or minus the status, or 0 when more must come.
long scanned(const std::string& text, const limits& within = {}) {
  head_scanner scanner(within);
  for (std::size_t size = 1; size <= text.size(); ++size) {
    auto found = scanner.scan(std::string_view(text).substr(0, size));
    if (auto* fault = std::get_if<refusal>(&found)) return -fault->status;
    if (auto end = std::get<0>(found)) return static_cast<long>(*end);
  }
  return 0;
}
}  // namespace

TEST_CASE("a request's head is read with its parts decoded") {
  auto x = read(
      "MERGE /v1/a%20b?fields=x,y&q=a+b%26c&flag HTTP/1.1\r\nHost: h:1\r\nX-Thing:  two words \t\r\nX-Empty:\r\n\r\n");
  CHECK(x.what.method == "MERGE");
  CHECK(x.what.path == "/v1/a b");
  REQUIRE(x.what.query.size() == 3);
  CHECK(*x.what.parameter("fields") == "x,y");
  CHECK(*x.what.parameter("q") == "a b&c");
  CHECK(x.what.parameter("flag")->empty());
  CHECK(x.what.parameter("absent") == nullptr);
  CHECK(*x.what.header("x-thing") == "two words");
  CHECK(x.what.header("x-empty")->empty());
  CHECK(x.keep_alive);
}

TEST_CASE("HTTP/1.0 closes unless it asks to be kept, HTTP/1.1 the other way round") {
  CHECK_FALSE(read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  CHECK_FALSE(read("GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, close\r\n\r\n").keep_alive);
}

TEST_CASE("gzip is taken where it is accepted with a weight that is not zero") {
  auto takes = [](const std::string& accepted) {
    return read("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " + accepted + "\r\n\r\n").takes_gzip;
  };
  CHECK(takes("gzip"));
  CHECK(takes("br;q=1.0, gzip;q=0.5"));
  CHECK(takes("*"));
  CHECK_FALSE(takes("gzip;q=0"));
  CHECK_FALSE(takes("gzip; q=0.000, *"));
  CHECK_FALSE(takes("br, deflate"));
  CHECK_FALSE(takes(""));
}

TEST_CASE("the target of a proxy's request loses its host") {
  CHECK(read("GET http://host:80/a?b=c HTTP/1.1\r\nHost: host\r\n\r\n").what.path == "/a");
  CHECK(read("GET HTTPS://host HTTP/1.1\r\nHost: host\r\n\r\n").what.path == "/");
  CHECK(read("OPTIONS * HTTP/1.1\r\nHost: host\r\n\r\n").what.path == "*");
}

TEST_CASE("limits are kept to the byte and named by their status") {
  const std::string host = " HTTP/1.1\r\nHost: h\r\n\r\n";
  limits small;
  small.target_bytes = 10;
  small.header_fields = 2;
  CHECK(status_of("GET /" + std::string(9, 'a') + host, small) == 0);
  CHECK(status_of("GET /" + std::string(10, 'a') + host, small) == 414);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\r\na: 1\r\n\r\n", small) == 0);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\r\na: 1\r\nb: 2\r\n\r\n", small) == 431);
  small.body_bytes = 100;
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n", small) == 0);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", small) == 413);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n", small) == 413);
}

TEST_CASE("the end of a head is found however its bytes arrive") {
  const std::string plain = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  CHECK(scanned(plain) == static_cast<long>(plain.size()));
  CHECK(scanned("\r\n" + plain) == static_cast<long>(plain.size() + 2));
  CHECK(scanned("GET / HTTP/1.1\r\nHost: h\r\n") == 0);
  head_scanner whole(limits{});
  auto found = whole.scan(plain + plain);
  CHECK(std::get<0>(found) == plain.size());
}

TEST_CASE("what can never become a head is refused before its end") {
  limits small;
  small.header_bytes = 64;
  small.target_bytes = 10;
  CHECK(scanned("\x16\x03\x01") == -400);
  CHECK(scanned(std::string(1, '\0')) == -400);
  CHECK(scanned("GET / HTTP/1.1\n") == -400);
  CHECK(scanned("GET / HTTP/1.1\rX") == -400);
  CHECK(scanned("\r\n\r\n\r\n") == -400);
  CHECK(scanned(" GET") == -400);
  CHECK(scanned("GET /" + std::string(100, 'a'), small) == -414);
  CHECK(scanned("GET / HTTP/1.1\r\nA: " + std::string(100, 'a'), small) == -431);
}

TEST_CASE("mutilated requests are understood in one way however their bytes arrive") {
  limits small;
  small.header_bytes = 400;
  small.target_bytes = 100;
  const std::string seed = "GET /a%20b?x=y&z HTTP/1.1\r\nHost: h:1\r\nA: b\r\nExpect: 100-continue\r\n"
                           "Accept-Encoding: gzip;q=0.5, *;q=0\r\nConnection: close, x\r\nContent-Length: 3\r\n\r\nabc";
  const std::string pieces[] = {
      "\r\n", "\n", "\r", " ", "\t", ":", ",", ";", "%", "http", "//", "\x80", std::string(1, '\0')};
  std::uint32_t noise = 7;
  auto random = [&](std::size_t below) {
    noise = noise * 1664525 + 1013904223;
    return static_cast<std::size_t>(noise >> 8) % below;
  };
  int understood = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = seed;
    for (auto changes = random(4); changes > 0; --changes) {
      const auto at = random(text.size());
      switch (random(3)) {
      case 0: text[at] = static_cast<char>(random(256)); break;
      case 1: text.erase(at, random(6)); break;
      default: text.insert(at, pieces[random(std::size(pieces))]);
      }
    }
    CAPTURE(text);
    head_scanner whole(small);
    auto found = whole.scan(text);
    auto* end = std::get_if<0>(&found);
    const long expected = !end ? -std::get<refusal>(found).status : *end ? static_cast<long>(**end) : 0;
    REQUIRE(scanned(text, small) == expected);
    if (expected > 0) understood += status_of(text.substr(0, static_cast<std::size_t>(expected)), small) == 0;
  }
  CHECK(understood > 1000);
}
