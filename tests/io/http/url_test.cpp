#include <string>

#include <doctest/doctest.h>

#include "io/http/url.hpp"

using vilfredo::http::parse_url;

TEST_CASE("an address is split into its parts") {
  auto x = parse_url("http://host");
  REQUIRE(x);
  CHECK_FALSE(x->secure);
  CHECK(x->host == "host");
  CHECK(x->port == 80);
  CHECK(x->prefix.empty());
  CHECK(x->authority() == "host");
  x = parse_url("HTTPS://[::1]:8443/some/prefix/");
  REQUIRE(x);
  CHECK(x->secure);
  CHECK(x->host == "::1");
  CHECK(x->port == 8443);
  CHECK(x->prefix == "/some/prefix");
  CHECK(x->authority() == "[::1]:8443");
  CHECK(parse_url("https://h/")->port == 443);
}

TEST_CASE("what is no address is refused with a reason, and no password is repeated") {
  for (std::string text : {"",
                           "http",
                           "https",
                           "http:/",
                           "host",
                           "host:80",
                           "ftp://host",
                           "http://",
                           "http:///x",
                           "http://:80",
                           "http://h:",
                           "http://h:0",
                           "http://h:65536",
                           "http://h:8x",
                           "http://h:-1",
                           "http://[::1",
                           "http://[::1]8",
                           "http://h/?q",
                           "http://h#f",
                           "http://h /",
                           "http://h\n/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_url(text));
  }
  CHECK(parse_url("http://h:0").error().message ==
        "\"http://h:0\" has a port that is no number from 1 to 65535: give one such as https://host:8080");
  CHECK(parse_url("http://me:secret@h").error().message.find("secret") == std::string::npos);
}
