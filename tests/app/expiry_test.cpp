#include "app/expiry.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using app::read_expiry;

namespace {
const time_point now{std::chrono::seconds{1'800'000'000}};  // 2027-01-15 08:00 UTC
}

TEST_CASE("days from now, or the beginning of a day") {
  CHECK(*read_expiry("1d", now) == 1'800'086'400);
  CHECK(*read_expiry("90d", now) == 1'807'776'000);
  CHECK(*read_expiry("2027-01-16", now) == 1'800'057'600);
  CHECK(*read_expiry("2028-02-29", now) == 1'835'395'200);
}

TEST_CASE("what is no day to come is refused") {
  for (const char* text : {"", "d", "0d", "-1d", "90", "1.5d", "40000d", "2027-01-15", "2026-01-01", "2027-02-29",
                           "2027-13-01", "2027-1-1", "tomorrow", "2027-01-16T00:00"}) {
    CAPTURE(text);
    auto got = read_expiry(text, now);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::invalid);
  }
}
