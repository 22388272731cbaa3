#include "io/json_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/random.hpp"
#include "tests/support/files.hpp"
#include "tests/support/mutate.hpp"

using namespace vilfredo;
using io::first_not_utf8;
using io::json_style;
using io::parse_json;
using nlohmann::json;

TEST_CASE("a place is a line and a column in characters") {
  auto at = [](std::string_view text) { return parse_json(text, json_style::relaxed).error().message; };
  CHECK(at("{\n  \"ä€😀\": x}") == "2:10: expected a value, found x");
  CHECK(at("[1,\r\n 2 3]") == "2:4: expected \",\" or \"]\", found 3");
  CHECK(at("") == "1:1: expected a value, but the text ends here");
}

TEST_CASE("a key given twice is refused at its second place") {
  CHECK(parse_json(R"({"a": 1, "b": 2, "\u0061": 3})").error().message ==
        "1:18: the key \"a\" is given twice in this object; remove one");
  std::string twice = "\"" + std::string(100'000, 'k') + "\": 1";
  CHECK(parse_json("{" + twice + "," + twice + "}").error().message.size() < 120);
}

TEST_CASE("text that is not UTF-8 is refused, in comments as well") {
  const std::string samples[] = {
      "\xff",     "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80",
      "\xe2\x82", "\xf5\x80", "\xc3"};
  for (const auto& bad : samples) {
    auto parsed = parse_json("[1] // ab" + bad, json_style::relaxed);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message == "1:10: this is not UTF-8 text; save it as UTF-8");
  }
  CHECK(first_not_utf8("aé€😀\x7f") == 11);
}

TEST_CASE("what nlohmann's strict parser says, this one says, however the text is damaged") {
  random_source random(11);
  const std::string seeds[] = {
      R"({"a": [1, -2.5e3, true, false, null, "x\u00e9\n"], "b": {"c": {}, "d": []}, "e": 18446744073709551615})",
      R"([0.1, 1e308, 5e-324, -0.0, {"lr": "größe", "name": "\ud83d\ude00"}])"};
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = tests::mutated(seeds[i % 2], random);
    auto ours = parse_json(text);
    auto theirs = json::parse(text, nullptr, false);
    if (ours) {
      ++accepted;
      CHECK_MESSAGE(*ours == theirs, text);
    } else if (!theirs.is_discarded()) {
      // We refuse on purpose what it lets pass: keys given twice, and texts that begin with a byte order mark.
      bool twice = ours.error().message.find("given twice") != std::string::npos;
      CHECK_MESSAGE(twice, text << " : " << ours.error().message);
    }
  }
  CHECK(accepted > 500);
}

TEST_CASE("the published schema and every configuration is readable text") {
  CHECK(parse_json(tests::contents(tests::source("configs/job.schema.json"))));
}
