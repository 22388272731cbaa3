#include "app/view/text.hpp"

#include <doctest/doctest.h>

using namespace vilfredo::view;

TEST_CASE("width counts columns, not bytes") {
  CHECK(width("") == 0);
  CHECK(width("abc") == 3);
  CHECK(width("Größe") == 5);
  CHECK(width("学習率") == 6);
  CHECK(width("e\xCC\x81") == 1);  // e and a combining accent
}

TEST_CASE("what could move the cursor, and what is not UTF-8, becomes a question mark of one column") {
  CHECK(printable("a\033[2Jb\nc\td") == "a?[2Jb?c?d");
  CHECK(printable("ok\xFF\xC3") == "ok??");
  CHECK(width("ok\xFF\xC3") == 4);
  CHECK(printable(std::string_view("a\0b", 3)) == "a?b");
}

TEST_CASE("clipping keeps within the columns and marks the cut") {
  CHECK(clip("learning_rate", 20) == "learning_rate");
  CHECK(clip("learning_rate", 9) == "learning…");
  CHECK(clip("learning_rate", 9, false) == "learning~");
  CHECK(clip("学習率", 5) == "学習…");
  CHECK(clip("学習率", 4) == "学…");  // a wide character is never cut in two
  CHECK(clip("abc", 1) == "…");
  CHECK(clip("abc", 0) == "");
}

TEST_CASE("padding fills up to columns") {
  CHECK(pad_right("Größe", 7) == "Größe  ");
  CHECK(pad_left("率", 4) == "  率");
  CHECK(pad_left("long", 2) == "long");
}
