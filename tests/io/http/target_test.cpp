#include <string>

#include <doctest/doctest.h>

#include "io/http/target.hpp"

using namespace vilfredo::http;

TEST_CASE("a target is decoded into its path and query") {
  auto x = parse_target("/v1/a%2Fb%C3%A9+c?x=1&y=a+b%2B&&z&x=2&=e");
  REQUIRE(x);
  CHECK(x->path == "/v1/a/bé+c");
  CHECK(x->query == fields{{"x", "1"}, {"y", "a b+"}, {"z", ""}, {"x", "2"}, {"", "e"}});
  CHECK(parse_target("/?")->query.empty());
  CHECK(parse_target("http://host?a=b")->path == "/");
}

TEST_CASE("a target is a path or an address, nothing between") {
  for (const char* text :
       {"", "http", "https", "http:", "http:/", "http://", "http:///", "ftp://h/", "://", "x", "?"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_target(text));
  }
}

TEST_CASE("what is encoded is decoded to the same") {
  std::string all;
  for (int c = 0x20; c < 0x7f; ++c) all += static_cast<char>(c);
  all += "é€";
  auto x = parse_target("/" + percent_encoded(all) + "?q=" + percent_encoded(all));
  REQUIRE(x);
  CHECK(x->path == "/" + all);
  CHECK(x->query == fields{{"q", all}});
}

TEST_CASE("a refusal does not repeat what was sent") {
  for (const char* text : {"/?token=secret%", "/secret%00", "secret", "/secret#x"}) {
    auto x = parse_target(text);
    REQUIRE_FALSE(x);
    CHECK(x.error().message.find("secret") == std::string::npos);
  }
}
