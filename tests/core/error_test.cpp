#include "core/error.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace vilfredo;

TEST_CASE("a result holds a value or the reason why there is none") {
  result<int> good = 3;
  CHECK(good);
  CHECK(*good == 3);
  result<int> bad = error{errc::not_found, "there is no such thing"};
  CHECK_FALSE(bad);
  CHECK(bad.error() == error{errc::not_found, "there is no such thing"});
  CHECK(result<void>{});
  CHECK_FALSE(result<void>{error{errc::internal, "broken"}});
}

TEST_CASE("a result gives away what it holds") {
  result<std::unique_ptr<int>> owner = std::make_unique<int>(4);
  auto taken = *std::move(owner);
  CHECK(*taken == 4);
}

TEST_CASE("each error code has a name of its own") {
  CHECK(std::string(to_string(errc::invalid)) == "invalid");
  CHECK(std::string(to_string(errc::unavailable)) == "unavailable");
  CHECK(std::string(to_string(errc::later)) == "later");
}
