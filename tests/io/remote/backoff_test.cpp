#include "io/remote/backoff.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;

TEST_CASE("each wait is twice the one before, up to the limit, and chance takes at most half of it") {
  remote::backoff pause(duration{100}, duration{1000});
  CHECK(pause.next(1) == duration{100});
  CHECK(pause.next(0) == duration{100});
  CHECK(pause.next(1) == duration{400});
  CHECK(pause.next(0.5) == duration{600});
  for (int i = 0; i < 200; ++i) CHECK(pause.next(1) == duration{1000});
  CHECK(pause.next(0) == duration{500});
}
