#include <string>

#include <doctest/doctest.h>

#include "io/http/characters.hpp"
#include "io/http/response_head.hpp"

using namespace vilfredo::http;

TEST_CASE("a head says how its body ends, and nothing else does") {
  response what{
      201, {{"X-A", "b"}, {"content-length", "7"}, {"Connection", "upgrade"}, {"DATE", "then"}, {"bad name", "x"}}, {}};
  CHECK(response_head(what, {.length = 3, .chunked = false, .keep_alive = true, .http_10 = false}, "now") ==
        "HTTP/1.1 201 Created\r\nX-A: b\r\nDate: now\r\nContent-Length: 3\r\n\r\n");
  CHECK(response_head(what, {.length = {}, .chunked = true, .keep_alive = false, .http_10 = false}, "now") ==
        "HTTP/1.1 201 Created\r\nX-A: b\r\nDate: now\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  what.status = 204;
  CHECK(response_head(what, {.length = 0, .chunked = false, .keep_alive = true, .http_10 = true}, "now") ==
        "HTTP/1.1 204 No Content\r\nX-A: b\r\nDate: now\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("headers that answers have alike are written like their own, which come after them") {
  const standing_headers usual{{{"X-U", "u\r\nC: d"}, {"Date", "then"}, {"bad name", "x"}, {"Vary", "X-U"}}};
  CHECK(usual.text() == "X-U: u  C: d\r\nVary: X-U\r\n");
  response what{200, {{"X-A", "b"}}, {}, &usual};
  CHECK(response_head(what, {.length = 0, .chunked = false, .keep_alive = true, .http_10 = false}, "now") ==
        "HTTP/1.1 200 OK\r\nX-U: u  C: d\r\nVary: X-U\r\nX-A: b\r\nDate: now\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(what.header("Vary"));
  CHECK(*what.header("Vary") == "X-U");
  CHECK(*what.header("X-A") == "b");
}

TEST_CASE("a header's value cannot become another header") {
  response what{200, {{"A", "b\r\nC: d\n\0e\tf"}}, {}};
  CHECK(response_head(what, {.length = 0, .chunked = false, .keep_alive = true, .http_10 = false}, "")
            .find("A: b  C: d ") != std::string::npos);
}

TEST_CASE("names are made of the characters of a token, and equal in whatever case") {
  for (int c = 0; c < 256; ++c) {
    const bool listed =
        c > 0x20 && c < 0x7f && std::string("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(c)) == std::string::npos;
    CHECK(is_token_character(static_cast<char>(c)) == listed);
  }
  CHECK(is_name("Content-LENGTH", "content-length"));
  CHECK_FALSE(is_name("content-lengt", "content-length"));
  CHECK_FALSE(is_name("content_length", "content-length"));
}

TEST_CASE("dates are those of the specification") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a chunk says its size in hexadecimal, and an empty one does not end the body") {
  CHECK(chunk("hello") == "5\r\nhello\r\n");
  CHECK(chunk(std::string(26, 'x')).starts_with("1a\r\n"));
  CHECK(chunk("").empty());
}
