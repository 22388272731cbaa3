#include "core/request_id.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;

TEST_CASE("a request id gives back the fingerprint that it was given, and itself") {
  for (std::uint32_t print : {1u, 0xau, 0x10000000u, 0xffffffffu}) {
    auto id = with_print(print, "ann/key");
    CHECK(print_of(id) == print);
    CHECK(bare_id(id) == "ann/key");
  }
  CHECK(with_print(0x1a2b3c4d, "x") == "#1a2b3c4d#x");
  CHECK(any_print("#1a2b3c4d#x") == any_print("#1a2b3c4e#x"));
  CHECK(any_print("#1a2b3c4d#x") == any_print("x"));
  CHECK(print_of(any_print("x")) == 0);
}

TEST_CASE("what looks like a fingerprint and is none belongs to the id") {
  for (const char* id :
       {"", "#", "ann/key", "#1a2b3c4d", "#1a2b3c4dx", "#1a2b3c4g#x", "#00000000#x", "#1a2b3c4#xx", "x#1a2b3c4d#"}) {
    CHECK(print_of(id) == 0);
    CHECK(bare_id(id) == id);
  }
}

TEST_CASE("an unknown fingerprint goes with any, and others with themselves alone") {
  CHECK(goes_with(0, 5));
  CHECK(goes_with(5, 0));
  CHECK(goes_with(5, 5));
  CHECK_FALSE(goes_with(5, 6));
}
