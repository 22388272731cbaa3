#include "io/api/body.hpp"

#include <string>

#include <doctest/doctest.h>

#include "io/api/base64.hpp"
#include "io/api/marker.hpp"
#include "io/api/refusal.hpp"
#include "tests/support/mutate.hpp"

using namespace vilfredo;
using namespace vilfredo::api;

namespace {

/// What refuses this body, or an empty text.
std::string refused(const std::string& text, const body_limits& within) {
  http::request from;
  from.body = text;
  try {
    (void)read_body(from, within);
  } catch (const refusal& why) {
    CHECK(why.status == 400);
    return why.message;
  }
  return {};
}
bool names(const std::string& message, const std::string& limit) { return message.find(limit) != std::string::npos; }

}  // namespace

TEST_CASE("each limit of a body refuses what is beyond it, by its name, and nothing else") {
  const body_limits within{.levels = 3, .text_bytes = 8, .number_bytes = 6};
  for (const char* fits :
       {"{}", R"({"12345678": "12345678"})", R"({"a": [[]]})", R"({"a": -1.5e9, "b": 123456})", R"({"a": "[[[[[["})",
        R"({"a": [{}, {}, {}], "b": [[], []]})", R"({"a": "12\"4567"})", R"({"a": "1234567"})"})
    CHECK(refused(fits, within) == "");
  for (const char* long_text : {R"({"a": "123456789"})", R"({"123456789": 1})", R"({"a": "\u0041567"})",
                                R"({"a": "123456\"90"})", R"({"a": "123456789)", R"("123456789)"})
    CHECK(names(refused(long_text, within), "longer than the 8 bytes that body_text_bytes allows"));
  for (const char* long_number :
       {R"({"a": 1234567})", R"({"a": 1.23456})", R"({"a": -12e456})", R"({"a": 1234567)", R"([1, 2, 1e+-.123])"})
    CHECK(names(refused(long_number, within), "longer than the 6 bytes that body_number_bytes allows"));
  for (const char* deep : {R"({"a": [[[]]]})", R"({"a": {"b": {"c": {}}}})", "[[[["})
    CHECK(names(refused(deep, within), "the 3 levels that body_levels allows"));
}

TEST_CASE("the usual limits take every number and every text that a body has room for") {
  auto digits = "0." + std::string(323, '0') + std::string(751, '7');
  CHECK(refused("{\"a\": " + digits + "}", {}) == "");
  CHECK(refused("{\"a\": \"" + std::string(1'000'000, 'x') + "\"}", {}) == "");
  CHECK(names(refused("{\"a\": " + std::string(2'000'000, '1') + "}", {}), "body_number_bytes"));
}

TEST_CASE("damaged bodies are read within the limits, or refused") {
  const std::vector<std::string> words{"{",   "}",       "[",       "]",    ",",       ":", "\"",    "\\",
                                       "\\u", "\\u0000", "\\ud800", "null", "true",    "-", "1e999", "1e-999",
                                       "0",   "\xff",    "\xc3",    "\n",   "{\"a\":", "[["};
  const std::string good =
      R"({"name": "gr\u00f6\u00dfe \"x\"", "list": [1, -2.5e-3, {"a": [[], {}]}, null, true], "n": 18446744073709551615})";
  const body_limits within{.levels = 5, .text_bytes = 40, .number_bytes = 20};
  random_source random(5);
  std::size_t read = 0;
  for (auto i = tests::rounds(20'000); i > 0; --i) {
    const auto text = tests::mutated(good, random, words);
    CAPTURE(text);
    http::request from;
    from.body = text;
    try {
      auto got = read_body(from, within);
      CHECK(got.is_object());
      // Whatever is read can be said in an answer.
      CHECK(got.dump(-1, ' ', false, nlohmann::json::error_handler_t::strict).size() > 0);
      ++read;
    } catch (const refusal& why) {
      CHECK(why.status == 400);
    }
  }
  CHECK(read > 100);
}

TEST_CASE("damaged markers are none, or places that are written as they were read") {
  random_source random(6);
  const std::vector<std::string> words{"Cg", "IQ", "CgIQBw", "=", "-", "_", "+", "/", "A", "//////////////////"};
  std::size_t read = 0;
  for (auto i = tests::rounds(20'000); i > 0; --i) {
    const auto text =
        tests::mutated(encode_marker({0.5, std::string("name"), symbol{}, true, std::int64_t{-7}}), random, words);
    CAPTURE(text);
    if (auto bytes = from_base64(text)) CHECK(from_base64(to_base64(*bytes)) == bytes);
    auto key = decode_marker(text);
    if (!key) continue;
    ++read;
    auto again = decode_marker(encode_marker(*key));
    REQUIRE(again);
    CHECK(encode_marker(*again) == encode_marker(*key));
    (void)compare(*key, *again);
  }
  CHECK(read > 100);
}
