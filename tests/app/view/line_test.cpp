#include "app/view/line.hpp"

#include <doctest/doctest.h>

#include "app/view/text.hpp"

using namespace vilfredo::view;

namespace {
const line sample{{"trial 7 ", tone::plain}, {"completed", tone::good}, {": aucpr 0.41"}};
}

TEST_CASE("without colour a line is its text") { CHECK(paint(sample, {}) == "trial 7 completed: aucpr 0.41"); }

TEST_CASE("colours surround spans and do not count as width") {
  style colored{18, 0, true, true};
  CHECK(paint(sample, colored) == "trial 7 \033[32mcompleted\033[0m…");
}

TEST_CASE("a line is never wider than the style allows, wherever the cut falls") {
  for (std::size_t w = 1; w < 35; ++w) {
    CAPTURE(w);
    CHECK(width(paint(sample, {w, 0, false, true})) <= w);
    CHECK(width(paint(sample, {w, 0, false, false})) <= w);
  }
}

TEST_CASE("escape sequences in names never reach the terminal") {
  CHECK(paint(line{{"\033[31mred"}}, {}).find('\033') == std::string::npos);
}
