#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/echo_server.hpp"
#include "tests/support/raw_client.hpp"

using namespace vilfredo;
using test::echo_server;
using test::raw_client;

namespace {
/// What a client sends before it ends its sending side, and the status of the last answer; 0: closed without one.
struct bytes {
  std::string sent;
  int status = 400;
};

const std::string good = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

std::string line(const std::string& first) { return first + "\r\nHost: h\r\n\r\n"; }
std::string field(const std::string& one) { return "GET / HTTP/1.1\r\nHost: h\r\n" + one + "\r\n\r\n"; }
std::string body(const std::string& headers, const std::string& rest) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n" + rest;
}
std::string chunks(const std::string& rest) { return body("Transfer-Encoding: chunked", rest); }
std::string nul(std::string text) {
  for (auto& c : text)
    if (c == '@') c = '\0';
  return text;
}

http::server_options small() {
  http::server_options out;
  out.within.target_bytes = 256;
  out.within.header_bytes = 1024;
  out.within.header_fields = 10;
  out.within.body_bytes = 64;
  return out;
}

std::string many_fields(int count) {
  std::string out = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < count; ++i) out += "A: b\r\n";
  return out + "\r\n";
}

const std::vector<bytes> first_lines{
    {line("GET")},
    {line("GET /")},
    {line("GET / ")},
    {line("GET  / HTTP/1.1")},
    {line("GET /  HTTP/1.1")},
    {line("GET / HTTP/1.1 ")},
    {line(" GET / HTTP/1.1")},
    {line("GET / HTTP/1.1 HTTP/1.1")},
    {line("GET\t/ HTTP/1.1")},
    {line("GET /\tHTTP/1.1")},
    {line("G@T / HTTP/1.1")},
    {line("G(T / HTTP/1.1")},
    {line("GET: / HTTP/1.1")},
    {line("G\xc3\x89T / HTTP/1.1")},
    {line("/ HTTP/1.1")},
    {line("GET / http/1.1")},
    {line("GET / HTTP/1,1")},
    {line("GET / HTTP/1")},
    {line("GET / HTTP/11")},
    {line("GET / HTTP/1.10")},
    {line("GET / HTTPS/1.1")},
    {line("GET / FTP/1.1")},
    {line("GET / HTTP/x.y")},
    {line("GET / HTTP/2.0"), 505},
    {line("GET / HTTP/0.9"), 505},
    {line("GET / HTTP/1.2"), 505},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {line(std::string(33, 'M') + " / HTTP/1.1"), 501},
    {line("GET x HTTP/1.1")},
    {line("GET ../x HTTP/1.1")},
    {line("GET ftp://h/x HTTP/1.1")},
    {line("GET http HTTP/1.1")},
    {line("GET http: HTTP/1.1")},
    {line("GET http:// HTTP/1.1")},
    {line("GET http:///x HTTP/1.1")},
    {line("CONNECT h:443 HTTP/1.1")},
    {line("GET * HTTP/1.1")},
    {line("GET /% HTTP/1.1")},
    {line("GET /%4 HTTP/1.1")},
    {line("GET /%zz HTTP/1.1")},
    {line("GET /%4g HTTP/1.1")},
    {line("GET /%00 HTTP/1.1")},
    {line("GET /a%0d%0ab HTTP/1.1")},
    {line("GET /%1f HTTP/1.1")},
    {line("GET /%7F HTTP/1.1")},
    {line("GET /?a=%00 HTTP/1.1")},
    {line("GET /?%=1 HTTP/1.1")},
    {line("GET /?a=%f HTTP/1.1")},
    {line("GET /#fragment HTTP/1.1")},
    {line("GET /\xc3\xa4 HTTP/1.1")},
    {line("GET /\x7f HTTP/1.1")},
    {nul(line("GET /@ HTTP/1.1"))},
    {line("GET /" + std::string(300, 'a') + " HTTP/1.1"), 414},
    {"GET /" + std::string(2000, 'a'), 414},
    {std::string(2000, 'A'), 414},
};

const std::vector<bytes> line_ends{
    {"GET / HTTP/1.1\nHost: h\n\n"},
    {"GET / HTTP/1.1\r\nHost: h\n\r\n"},
    {"GET / HTTP/1.1\r\nHost: h\r\n\n"},
    {"GET / HTTP/1.1\rHost: h\r\r"},
    {"GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"},
    {"GET / HTTP/1.1\r\nHost: h\r\nA: b\rC: d\r\n\r\n"},
    {"\n" + good},
    {"\r\n\r\n\r\n" + good},
    {"\r" + good},
    {"GET / HTTP/1.1\r\nHost: h"},
    {"GET / HTTP/1.1\r\nHost: h\r\n"},
    {"GET / HTTP/1.1\r\nHost: h\r\n\r"},
    {"G"},
    {"\r\n"},
};

const std::vector<bytes> headers{
    {"GET / HTTP/1.1\r\n\r\n"},
    {field("Host: other")},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
    {field("A")},
    {field(": b")},
    {field("A : b")},
    {field("A\t: b")},
    {field(" A: b")},
    {field("A: b\r\n folded")},
    {field("A: b\r\n\tfolded")},
    {field("A b: c")},
    {field("A(: c")},
    {field("\"A\": c")},
    {field("\xc3\xa4: c")},
    {field("A: \x01")},
    {field("A: \x7f")},
    {field("A: \x1b[31m")},
    {nul(field("A: @"))},
    {nul(field("A@: b"))},
    {field("A: " + std::string(2000, 'a')), 431},
    {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(5000, 'a'), 431},
    {"GET / HTTP/1.1\r\nHost: h\r\n" + std::string(5000, 'a'), 431},
    {many_fields(10), 431},
    {many_fields(1000), 431},
    {field("Expect: a-miracle"), 417},
};

const std::vector<bytes> bodies{
    {body("Content-Length: 3", "ab")},
    {body("Content-Length: -1", "")},
    {body("Content-Length: +1", "a")},
    {body("Content-Length: 1.0", "a")},
    {body("Content-Length: 1e1", "a")},
    {body("Content-Length: 0x1", "a")},
    {body("Content-Length: 1 1", "a")},
    {body("Content-Length: 1, 1", "a")},
    {body("Content-Length: ", "a")},
    {body("Content-Length: a", "a")},
    {body("Content-Length: \xd9\xa1", "a")},
    {body("Content-Length: 1\r\nContent-Length: 1", "a")},
    {body("Content-Length: 1\r\nContent-Length: 2", "ab")},
    {body("Content-Length: 1\r\ncontent-length: 1", "a")},
    {body("Content-Length : 1", "a")},
    {body("Content-Length: 65", std::string(65, 'a')), 413},
    {body("Content-Length: 18446744073709551615", "a"), 413},
    {body("Content-Length: 18446744073709551617", "a"), 413},
    {body("Content-Length: 65\r\nExpect: 100-continue", ""), 413},
    {body("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
    {body("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")},
    {body("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
    {body("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n")},
    {body("Transfer-Encoding: identity", ""), 501},
    {body("Transfer-Encoding: gzip, chunked", ""), 501},
    {body("Transfer-Encoding: chunked, identity", ""), 501},
    {body("Transfer-Encoding: xchunked", ""), 501},
    {body("Transfer-Encoding: \"chunked\"", ""), 501},
    {body("Transfer-Encoding: chunked;a=b", ""), 501},
    {body("Transfer-Encoding: ", ""), 501},
    {body("Transfer-Encoding : chunked", "0\r\n\r\n")},
    {body("Transfer-Encoding:\x0b"
          "chunked",
          "0\r\n\r\n")},
    {body("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), 501},
    {body("Transfer-Encoding: chunked\r\n , identity", "0\r\n\r\n")},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {chunks("")},
    {chunks("\r\n")},
    {chunks("g\r\n")},
    {chunks("-1\r\n")},
    {chunks("0x1\r\na\r\n0\r\n\r\n")},
    {chunks(" 1\r\na\r\n0\r\n\r\n")},
    {chunks("1 \r\na\r\n0\r\n\r\n")},
    {chunks("1\na\n0\n\n")},
    {chunks("1\r\nab\r\n0\r\n\r\n")},
    {chunks("2\r\na\r\n0\r\n\r\n")},
    {chunks("1\r\na0\r\n\r\n")},
    {chunks("1\r\na\r\n")},
    {chunks("1\r\na\r\n0\r\n")},
    {chunks("1\r\na\r\n\r\n")},
    {chunks("1;\x01\r\na\r\n0\r\n\r\n")},
    {chunks("1;" + std::string(300, 'a') + "\r\na\r\n0\r\n\r\n")},
    {chunks("10000000000000001\r\n")},
    {chunks("0\r\nA\r\n\r\n")},
    {chunks("0\r\nA : b\r\n\r\n")},
    {chunks("0\r\nA: b\nC: d\r\n\r\n")},
    {chunks("41\r\n" + std::string(65, 'a') + "\r\n0\r\n\r\n"), 413},
    {chunks("20\r\n" + std::string(32, 'a') + "\r\n21\r\n" + std::string(33, 'a') + "\r\n0\r\n\r\n"), 413},
    {chunks("ffffffffffffff\r\n"), 413},
    {chunks("0\r\nA: " + std::string(2000, 'a') + "\r\n\r\n"), 431},
};

const std::vector<bytes> other_protocols{
    {"", 0},
    {nul(std::string("\x16\x03\x01\x02", 4) + "@@\x01@@")},
    {std::string("\x80\x2e\x01\x03\x01", 5)},
    {std::string(100, '\0')},
    {std::string(5000, '\0')},
    {std::string(100, '\xff')},
    {"\x04\x01"},
    {"\x05\x01"},
    {"SSH-2.0-OpenSSH_9.2\r\n"},
    {"EHLO mail\r\n"},
    {"*1\r\n$4\r\nPING\r\n"},
    {"{\"json\": true}"},
    {"<xml/>"},
    {"QUIT\r\n\r\n"},
};

void each_is_refused(echo_server& server, const std::vector<bytes>& table, const std::string& before) {
  for (const auto& [sent, status] : table) {
    CAPTURE(sent);
    raw_client client(server.port());
    client.send(before + sent);
    client.end_sending();
    if (!before.empty()) CHECK(client.answer().status == 200);
    auto got = client.answer();
    CHECK(got.status == status);
    if (status != 0) {
      CHECK(got.headers["connection"] == "close");
      CHECK(got.body.starts_with("{\"message\": \""));
    }
    CHECK(client.closed());
  }
}
}  // namespace

TEST_CASE(
    "malformed bytes are answered with their status and closed, alone and after a good request, and others live") {
  echo_server server(small());
  raw_client bystander(server.port());
  std::size_t count = 0;
  for (const auto* table : {&first_lines, &line_ends, &headers, &bodies, &other_protocols}) {
    for (const std::string& before : {std::string(), good}) each_is_refused(server, *table, before);
    count += table->size();
    bystander.send(good);
    CHECK(bystander.answer().status == 200);
  }
  CHECK(count >= 150);
  const auto counted = server->counted();
  CHECK(counted.requests == count + 5);
}

TEST_CASE("malformed bytes that keep the connection open are answered as well") {
  echo_server server(small());
  for (const auto& [sent, status] : headers) {
    CAPTURE(sent);
    raw_client client(server.port());
    client.send(sent);
    CHECK(client.answer().status == status);
    CHECK(client.closed());
  }
}

TEST_CASE("a client that goes on sending what is too much can read why it was refused") {
  http::server_options how;
  how.within.body_bytes = 1000;
  echo_server server(how);
  raw_client client(server.port());
  client.send(body("Content-Length: 1000000", std::string(1'000'000, 'x')));
  auto got = client.answer();
  CHECK(got.status == 413);
  CHECK(got.body.find("longer than the 1000 bytes") != std::string::npos);
}

TEST_CASE("requests mutilated at random never stop the server") {
  echo_server server(small());
  const std::string seed = good + chunks("3\r\nabc\r\n0\r\n\r\n") + body("Content-Length: 3", "abc") + good;
  std::uint32_t state = 12345;
  auto random = [&](std::size_t below) {
    state = state * 1664525 + 1013904223;
    return static_cast<std::size_t>(state >> 8) % below;
  };
  for (int i = 0; i < 2000; ++i) {
    auto sent = seed;
    for (std::size_t changes = 1 + random(4); changes > 0; --changes) {
      const auto at = random(sent.size());
      switch (random(3)) {
      case 0: sent[at] = static_cast<char>(random(256)); break;
      case 1: sent.erase(at, 1 + random(5)); break;
      default: sent.insert(at, sent.substr(random(sent.size()), 1 + random(10)));
      }
    }
    raw_client client(server.port());
    client.send(sent);
    client.end_sending();
    client.rest();
  }
  raw_client client(server.port());
  client.send(good);
  CHECK(client.answer().status == 200);
}
