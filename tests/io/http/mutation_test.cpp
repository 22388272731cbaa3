// What clients send, damaged by chance. Equal seeds, equal bytes; VILFREDO_TEST_ROUNDS goes on for as many times as
// long.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "io/http/body_decoder.hpp"
#include "io/http/characters.hpp"
#include "io/http/head.hpp"
#include "io/http/target.hpp"
#include "io/http/url.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/mutate.hpp"
#include "tests/support/raw_client.hpp"

using namespace vilfredo;
using namespace vilfredo::http;
using test::echo_server;
using test::raw_client;

namespace {

const std::vector<std::string> words{"\r\n",
                                     "\r\n\r\n",
                                     "\n",
                                     "\r",
                                     " ",
                                     "\t",
                                     ":",
                                     "GET ",
                                     "HEAD ",
                                     "OPTIONS * ",
                                     " HTTP/1.1",
                                     " HTTP/1.0",
                                     "Host: h\r\n",
                                     "Content-Length: 3\r\n",
                                     "Content-Length: 18446744073709551615\r\n",
                                     "Transfer-Encoding: chunked\r\n",
                                     "Transfer-Encoding: gzip\r\n",
                                     "Connection: close\r\n",
                                     "Expect: 100-continue\r\n",
                                     "Accept-Encoding: gzip;q=0, *\r\n",
                                     "0\r\n\r\n",
                                     "3\r\nabc\r\n",
                                     "ffffffffffffffff\r\n",
                                     "fffffffffffffff\r\n",
                                     ";a=\"b\"",
                                     "%",
                                     "%00",
                                     "%2F",
                                     "%ff",
                                     "?",
                                     "&",
                                     "=",
                                     "#",
                                     "+",
                                     "*",
                                     "/../",
                                     "http://h/",
                                     "http://",
                                     "[::1]",
                                     "@",
                                     std::string(1, '\0'),
                                     "\x16\x03\x01",
                                     "\x7f",
                                     "\xff"};

const std::vector<std::string> requests{
    "GET /v1/experiments/17/suggestions?limit=10&after=CgIQBw&q=a%20b+c HTTP/1.1\r\nHost: h\r\nAuthorization: Basic "
    "YTo=\r\nAccept-Encoding: gzip, deflate;q=0.5\r\n\r\n",
    "POST /v1/experiments HTTP/1.1\r\nHost: [::1]:7323\r\nContent-Type: application/json\r\nContent-Length: "
    "14\r\n\r\n{\"name\": \"abc\"}",
    "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n"
    "0\r\nT: 1\r\n\r\n",
    "PUT http://h:80/v1/a%2Fb?x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"};

limits small() {
  limits out;
  out.target_bytes = 128;
  out.header_bytes = 512;
  out.header_fields = 8;
  out.body_bytes = 64;
  return out;
}

std::string one_of(const std::vector<std::string>& all, random_source& random) {
  auto out = all[random.below(all.size())];
  if (random.below(4) == 0) out += all[random.below(all.size())];
  return out;
}

/// What became of the bytes: how many the head has, or minus the status.
long scanned(std::string_view bytes, random_source& random, bool at_once) {
  head_scanner scanner(small());
  for (std::size_t known = 0; known < bytes.size() || known == 0;) {
    known = at_once ? bytes.size() : std::min<std::size_t>(bytes.size(), known + 1 + random.below(20));
    auto found = scanner.scan(bytes.substr(0, known));
    if (auto* fault = std::get_if<refusal>(&found)) return -fault->status;
    if (auto size = std::get<0>(found)) return static_cast<long>(*size);
    if (bytes.empty()) break;
  }
  return 0;
}

/// What became of a body: what was taken and collected, whether it is complete, and the status of its refusal.
struct collected {
  std::size_t taken = 0;
  std::string body;
  bool done = false;
  int refused = 0;
  bool operator==(const collected&) const = default;
};
collected collect(const head& of, std::string_view bytes, random_source& random, bool at_once) {
  body_decoder decoder(of, small());
  collected out;
  std::string waiting;
  for (std::size_t known = 0; known < bytes.size() && !decoder.done();) {
    const auto some = at_once ? bytes.size() - known : std::min<std::size_t>(bytes.size() - known, 1 + random.below(9));
    waiting.append(bytes, known, some);
    known += some;
    auto got = decoder.feed(waiting, out.body);
    if (auto* fault = std::get_if<refusal>(&got)) {
      // How far it came depends on the pieces; that and why it was refused does not.
      return {0, {}, false, fault->status};
    }
    out.taken += std::get<0>(got);
    waiting.erase(0, std::get<0>(got));
  }
  out.done = decoder.done();
  return out;
}

bool harmless(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return is_control(c) && c != '\t'; });
}

void check_head(const head& x) {
  CHECK(is_token(x.what.method));
  CHECK((x.what.path.starts_with('/') || (x.what.path == "*" && x.what.method == "OPTIONS")));
  CHECK(harmless(x.what.path));
  CHECK_FALSE((x.chunked && x.what.header("content-length")));
  CHECK_FALSE((x.chunked && x.http_10));
  CHECK(x.length <= small().body_bytes);
  CHECK((x.http_10 || x.what.header("host")));
  CHECK(x.what.headers.size() <= small().header_fields);
  for (const auto& [name, value] : x.what.query) {
    CHECK(harmless(name));
    CHECK(harmless(value));
  }
  for (const auto& [name, value] : x.what.headers) {
    CHECK(is_token(name));
    CHECK(name == lower(name));
    CHECK(harmless(value));
  }
}

}  // namespace

TEST_CASE("damaged requests are understood alike however they are cut into pieces, or refused") {
  random_source random(1);
  std::size_t understood = 0, refused = 0;
  for (auto i = tests::rounds(20'000); i > 0; --i) {
    const auto bytes = tests::mutated(one_of(requests, random), random, words);
    CAPTURE(bytes);
    const auto size = scanned(bytes, random, true);
    CHECK(scanned(bytes, random, false) == size);
    if (size <= 0) {
      ++refused;
      continue;
    }
    auto read = parse_head(std::string_view(bytes).substr(0, static_cast<std::size_t>(size)), small());
    if (std::get_if<refusal>(&read)) {
      ++refused;
      continue;
    }
    const auto& x = std::get<head>(read);
    check_head(x);
    const auto rest = std::string_view(bytes).substr(static_cast<std::size_t>(size));
    const auto whole = collect(x, rest, random, true);
    CHECK(collect(x, rest, random, false) == whole);
    CHECK(whole.body.size() <= small().body_bytes);
    if (!x.chunked && whole.done) CHECK(whole.body.size() == x.length);
    ++understood;
  }
  // Neither all nor nothing is damaged beyond reading.
  CHECK(understood > 1000);
  CHECK(refused > 1000);
}

TEST_CASE("damaged targets and addresses are read or refused, and what was escaped comes back") {
  random_source random(2);
  for (auto i = tests::rounds(20'000); i > 0; --i) {
    auto text =
        tests::mutated("/v1/clients/1/projects/a%20b/training_runs?filters=%5B%5D&limit=1&after=Cg", random, words);
    CAPTURE(text);
    if (auto got = parse_target(text); got && got->path != "*") {
      CHECK(got->path.starts_with('/'));
      CHECK(harmless(got->path));
    }
    auto address = tests::mutated("https://[::1]:8080/prefix/", random, words);
    if (auto got = parse_url(address)) {
      CHECK_FALSE(got->host.empty());
      CHECK(got->port > 0);
      CHECK((got->prefix.empty() || (got->prefix.starts_with('/') && !got->prefix.ends_with('/'))));
    }
    std::erase_if(text, [](char c) { return is_control(c); });
    auto again = parse_target("/" + percent_encoded(text) + "?" + percent_encoded(text) + "=" + percent_encoded(text));
    REQUIRE(again);
    CHECK(again->path == "/" + text);
    REQUIRE(again->query.size() == 1);
    CHECK(again->query[0] == std::pair(text, text));
  }
}

TEST_CASE("a server gets damaged requests, several at a time, and answers good ones as before") {
  server_options how;
  how.within = small();
  how.within.linger_time = duration{20};
  echo_server server(how);
  random_source random(3);
  for (auto i = tests::rounds(300); i > 0; --i) {
    std::vector<std::unique_ptr<raw_client>> all;
    for (int n = 0; n < 4; ++n) {
      all.push_back(std::make_unique<raw_client>(server.port()));
      const auto bytes = tests::mutated(one_of(requests, random), random, words);
      const auto cut = random.below(bytes.size() + 1);
      all.back()->send(std::string_view(bytes).substr(0, cut));
      all.back()->send(std::string_view(bytes).substr(cut));
    }
    for (auto& each : all)
      // Some end within a request, some close without a word.
      if (random.below(3) > 0) {
        each->end_sending();
        each->rest();
      }
    raw_client good(server.port());
    good.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok");
    CHECK(good.answer().body.ends_with("body ok"));
  }
}
