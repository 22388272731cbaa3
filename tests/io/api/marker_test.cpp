#include "io/api/marker.hpp"

#include <doctest/doctest.h>

#include "io/api/base64.hpp"

using namespace vilfredo::api;

TEST_CASE("a marker is what SigOpt's own clients build") {
  CHECK(encode_marker({std::int64_t{7}}) == "CgIQBw");
  CHECK(decode_marker("CgIQBw") == sort_key{std::int64_t{7}});
}

TEST_CASE("markers of every kind of column come back") {
  for (const sort_key& key : {sort_key{std::int64_t{-3}, std::int64_t{9}}, sort_key{0.1, std::int64_t{1}},
                              sort_key{symbol{}, std::int64_t{1}}, sort_key{std::string("größe\n"), std::int64_t{1}},
                              sort_key{true, std::int64_t{1}}, sort_key{-1e308}})
    CHECK(decode_marker(encode_marker(key)) == key);
}

TEST_CASE("what is no marker is none") {
  for (const char* text : {"", "*", "A", "AAAA", "CgIQ", "CgIQB0", "CgI", "////", "CgIYBw==x"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_marker(text));
  }
}

TEST_CASE("nothing sorts above everything, and whole numbers beside fractions") {
  CHECK(compare({symbol{}}, {1e308}) > 0);
  CHECK(compare({std::int64_t{2}}, {2.5}) < 0);
  CHECK(compare({std::string("a")}, {std::string("b")}) < 0);
  CHECK(compare({1.0, std::int64_t{2}}, {1.0, std::int64_t{3}}) < 0);
  CHECK(compare({symbol{}}, {symbol{}}) == 0);
}

TEST_CASE("base64 reads both alphabets, with and without padding") {
  CHECK(from_base64("dG9rZW46") == "token:");
  CHECK(from_base64("dG9rZW4=") == "token");
  CHECK(from_base64("-_8") == from_base64("+/8="));
  CHECK_FALSE(from_base64("a"));
  CHECK_FALSE(from_base64("a b c"));
  for (std::size_t n = 0; n < 40; ++n) {
    std::string bytes(n, '\xA5');
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}
