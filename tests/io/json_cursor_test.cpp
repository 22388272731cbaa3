#include "io/json_cursor.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

using namespace vilfredo::io;

namespace {
double number(std::string_view text) {
  json_cursor in(text);
  double out = 7;
  CHECK(in.number(out));
  CHECK(in.end());
  return out;
}

std::string refusal(std::string_view text, json_style style = json_style::strict) {
  json_cursor in(text, style);
  std::string_view value;
  in.skip(value);
  in.end();
  return in.failed() ? std::to_string(in.what_failed()->offset) + " " + in.what_failed()->sentence : "accepted";
}
}  // namespace

TEST_CASE("numbers read to the bit") {
  CHECK(number("0.1") == 0.1);
  CHECK(number("5e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(number("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(std::signbit(number("-0")));
  CHECK(number("123456789012345678901234567890") == 123456789012345678901234567890.0);
}

TEST_CASE("a number too small for a double is zero and one too large is refused") {
  CHECK(number("1e-400") == 0);
  CHECK(std::signbit(number("-1e-400")));
  CHECK(number("0.0000000001e-320") == 0);
  CHECK(number("1e-99999999999999999999") == 0);
  CHECK(number("0e99999999999999999999") == 0);
  for (auto text : {"1e309", "-1e309", "1e99999999999999999999", "10000000000e300", "1e+400"})
    CHECK(refusal(text) == "0 this number is too large; the largest is 1.7976931348623157e308");
}

TEST_CASE("whole numbers keep 64 bits") {
  json_cursor::number_value x;
  CHECK(json_cursor("-9223372036854775808").number(x));
  CHECK(std::get<std::int64_t>(x) == std::numeric_limits<std::int64_t>::min());
  CHECK(json_cursor("18446744073709551615").number(x));
  CHECK(std::get<std::uint64_t>(x) == std::numeric_limits<std::uint64_t>::max());
  CHECK(json_cursor("18446744073709551616").number(x));
  CHECK(std::get<double>(x) == 18446744073709551616.0);
  CHECK(json_cursor("-0").number(x));
  CHECK(std::signbit(std::get<double>(x)));
}

TEST_CASE("only JSON's numbers are numbers") {
  for (auto text : {"01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "-a", "1_000", "00", "--1"})
    CHECK_MESSAGE(refusal(text) != "accepted", text);
}

TEST_CASE("escapes become UTF-8") {
  std::string out;
  CHECK(json_cursor(R"("a\u00e9\u20ac\ud83d\ude00\n\"\\\/")").string(out));
  CHECK(out == "aé€😀\n\"\\/");
}

TEST_CASE("half of a surrogate pair is refused, but facts keep bytes in one") {
  for (auto text : {R"("\udc80")", R"("\ud83d")", R"("\ud83dx")", R"("\ud83d\u0041")"})
    CHECK(refusal(text) == "1 half of a surrogate pair stands alone; write the character itself");
  std::string out;
  json_cursor facts(R"("a\udc80\udcff")", json_style::facts);
  CHECK(facts.string(out));
  CHECK(out == "a\x80\xff");
  CHECK_FALSE(json_cursor(R"("\udc7f")", json_style::facts).string(out));
}

TEST_CASE("comments and trailing commas belong to the relaxed style alone") {
  constexpr auto text = "// first\n[1, /* two */ 2, // last\n]";
  CHECK(refusal(text, json_style::relaxed) == "accepted");
  CHECK(refusal(text).starts_with("0 expected a value, found /"));
  CHECK(refusal("[1,]") == "2 there is a comma before \"]\"; remove it");
  CHECK(refusal("{\"a\": 1,}") == "7 there is a comma before \"}\"; remove it");
  for (auto bad :
       {"[,]", "[1,,2]", "[1,,]", "{,}", "[1 2]", "[1", "[1,", "{\"a\"}", "{\"a\":}", "{1:2}", "", "/", "[1]/"})
    CHECK_MESSAGE(refusal(bad, json_style::relaxed) != "accepted", bad);
}

TEST_CASE("more than 64 levels are refused") {
  auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK(refusal(nested(64)) == "accepted");
  CHECK(refusal(nested(65)).starts_with("64 lists and objects are nested more than 64 levels"));
  CHECK(refusal("[" + std::string(100, ' ') + "[],[],{},[[]]]") == "accepted");
}

TEST_CASE("the first failure stays and every later step fails") {
  json_cursor in("[1, x, 2]");
  double out = 0;
  CHECK(in.open('['));
  CHECK(in.more(']'));
  CHECK(in.number(out));
  CHECK(in.more(']'));
  CHECK_FALSE(in.number(out));
  CHECK_FALSE(in.more(']'));
  CHECK_FALSE(in.fail("something else"));
  CHECK_FALSE(in.end());
  CHECK(in.what_failed()->offset == 4);
  CHECK(in.what_failed()->sentence == "expected a number, found x");
}
