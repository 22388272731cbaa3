#include "app/view/number.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using namespace vilfredo::view;
using namespace std::chrono_literals;

TEST_CASE("numbers are brief") {
  CHECK(brief(0.4412739) == "0.44127");
  CHECK(brief(60.0) == "60");
  CHECK(brief(1.2e-5) == "1.2e-05");
  CHECK(brief(parameter_value{std::int64_t{12}}) == "12");
  CHECK(brief(parameter_value{std::string("relu")}) == "relu");
}

TEST_CASE("spans of time are told in their two largest units") {
  CHECK(brief(duration{420}) == "0.4 s");
  CHECK(brief(duration{12s}) == "12 s");
  CHECK(brief(duration{185s}) == "3 min 05 s");
  CHECK(brief(duration{2h + 10min + 59s}) == "2 h 10 min");
  CHECK(brief(duration{76h}) == "3 d 04 h");
  CHECK(brief(duration{-5s}) == "0.0 s");
}

TEST_CASE("one is singular") {
  CHECK(counted(1, "trial") == "1 trial");
  CHECK(counted(0, "trial") == "0 trials");
}

TEST_CASE("timestamps are UTC to the millisecond") {
  CHECK(timestamp(time_point{duration{0}}) == "1970-01-01T00:00:00.000Z");
  CHECK(timestamp(time_point{duration{1'769'860'981'250}}) == "2026-01-31T12:03:01.250Z");
}
