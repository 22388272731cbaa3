#include "io/printable.hpp"

#include <doctest/doctest.h>

using namespace vilfredo::io;

TEST_CASE("text stays as it is") {
  CHECK(printable("", 5) == "");
  CHECK(printable("größer als 日本", 100) == "größer als 日本");
}

TEST_CASE("control characters become blanks, so that nothing moves a terminal's cursor") {
  CHECK(printable("\x1b[31mred\t\r\x7f", 100) == " [31mred   ");
}

TEST_CASE("bytes that are not UTF-8 become question marks") {
  CHECK(printable("a\xff\xfe z", 100) == "a?? z");
  CHECK(printable("\xc3", 100) == "?");
  CHECK(printable("\xc0\xaf", 100) == "??");
}

TEST_CASE("long text is cut between characters") {
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(printable("aéz", 2) == "a…");
  CHECK(printable("a日z", 3) == "a…");
  CHECK(printable("a日z", 4) == "a日…");
}
