#include "optimizer/hint.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vilfredo;

TEST_CASE("numbers come back to the last bit") {
  hint_writer out("mine");
  const double values[] = {0.1, -0.0, 1e300, 5e-324, -1.0 / 3};
  out.count(std::numeric_limits<std::uint64_t>::max());
  out.count(0);
  out.count(4711);
  out.numbers(values, 5);
  const auto text = std::move(out).text();
  hint_reader in(text, "mine");
  CHECK(in.count() == std::numeric_limits<std::uint64_t>::max());
  CHECK(in.count() == 0);
  CHECK(in.count() == 4711);
  for (double v : values) {
    const double got = in.number();
    CHECK(got == v);
    CHECK(std::signbit(got) == std::signbit(v));
  }
  CHECK(in.ended());
}

TEST_CASE("a hint of another, a cut one, a longer one and nonsense are seen as such") {
  hint_writer out("mine");
  out.number(1.5);
  const auto text = std::move(out).text();
  CHECK_FALSE(hint_reader(text, "min").sound());
  CHECK_FALSE(hint_reader(text, "yours").sound());
  CHECK_FALSE(hint_reader("mine", "mine").sound());
  {
    hint_reader cut(std::string_view(text).substr(0, text.size() - 1), "mine");
    CHECK(cut.number() == 0);
    CHECK_FALSE(cut.sound());
  }
  {
    const auto more = text + "0";
    hint_reader longer(more, "mine");
    CHECK(longer.number() == 1.5);
    CHECK(longer.sound());
    CHECK_FALSE(longer.ended());
  }
  {
    hint_reader endless("mine 0000000000000000000000.", "mine");
    endless.count();
    CHECK_FALSE(endless.sound());
  }
  {
    hint_reader strange("mine \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "mine");
    strange.count();
    CHECK_FALSE(strange.sound());
  }
}

TEST_CASE("a number that is not finite is not sound") {
  for (double v : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    hint_writer out("mine");
    out.number(v);
    const auto text = std::move(out).text();
    hint_reader in(text, "mine");
    CHECK(in.number() == 0);
    CHECK_FALSE(in.sound());
  }
}

TEST_CASE("fractions come back nearly, their ends and nothing to the last bit") {
  hint_writer out("mine");
  const double values[] = {-1, 1, 0, 1.0 / 3, -1e-9, 4};
  for (double v : values) out.fraction(v);
  const auto text = std::move(out).text();
  CHECK(text.size() == 5 + 6 * 6);
  hint_reader in(text, "mine");
  CHECK(in.fraction() == -1);
  CHECK(in.fraction() == 1);
  CHECK(in.fraction() == 0);
  CHECK(std::abs(in.fraction() - 1.0 / 3) < 2e-11);
  CHECK(std::abs(in.fraction() + 1e-9) < 2e-11);
  CHECK(in.fraction() == 1);
  CHECK(in.ended());
  hint_reader strange("mine 01.345", "mine");
  CHECK(strange.fraction() == 0);
  CHECK_FALSE(strange.sound());
}

TEST_CASE("many at once are read as one by one, and one strange character spoils them all") {
  hint_writer out("mine");
  const double values[] = {-0.75, 0.5, 0.125};
  out.numbers(values, 3);
  for (double v : values) out.fraction(v);
  auto text = std::move(out).text();
  double numbers[3], fractions[3];
  hint_reader in(text, "mine");
  in.numbers(numbers, 3);
  in.fractions(fractions, 3);
  CHECK(in.ended());
  hint_reader singly(text, "mine");
  for (int i = 0; i < 3; ++i) CHECK(numbers[i] == values[i]);
  for (double v : numbers) CHECK(singly.number() == v);
  for (double v : fractions) CHECK(singly.fraction() == v);
  text[text.size() - 8] = '!';  // in the second fraction
  hint_reader spoilt(text, "mine");
  spoilt.numbers(numbers, 3);
  CHECK(spoilt.sound());
  spoilt.fractions(fractions, 3);
  CHECK_FALSE(spoilt.sound());
  for (double v : fractions) CHECK(v == 0);
  hint_reader longer(text, "mine");
  longer.numbers(numbers, 3);
  double four[4];
  longer.fractions(four, 4);
  CHECK_FALSE(longer.sound());
}
