#include "core/text.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;

TEST_CASE("numbers are written as short as they read back exactly") {
  CHECK(text::number(0.1) == "0.1");
  CHECK(text::number(4) == "4");
  CHECK(text::number(1e30) == "1e+30");
  CHECK(std::stod(text::number(1.0 / 3)) == 1.0 / 3);
}

TEST_CASE("UTF-8 is told from other bytes") {
  CHECK(text::is_utf8("plain"));
  CHECK(text::is_utf8("naïve Größe λ 学习率 🚀"));
  CHECK(text::is_utf8("\xF4\x8F\xBF\xBF"));
  for (const char* bad : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
                          "a\xE2\x82", "\xF0\x80\x80\x80", "\xC3(", "\xF5\x80\x80\x80"}) {
    CAPTURE(bad);
    CHECK_FALSE(text::is_utf8(bad));
  }
}

TEST_CASE("a name is text that fits in a table") {
  CHECK_FALSE(text::name_fault("learning rate"));
  CHECK_FALSE(text::name_fault(std::string(200, 'x')));
  CHECK(*text::name_fault("") == "must not be empty");
  CHECK(*text::name_fault(std::string(201, 'x')) == "must be at most 200 bytes long; this one has 201");
  CHECK(*text::name_fault("\xFF") == "must be UTF-8 text");
  CHECK(*text::name_fault("a\nb") == "must not hold control characters");
  CHECK(*text::name_fault(std::string("a\0b", 3)) == "must not hold control characters");
}
