#include "io/json_reader.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace vilfredo::io;
using nlohmann::json;

namespace {
/// What a reader complains about, when `read` reads it.
template <class F>
std::string complaint(const json& x, F read) {
  std::optional<std::string> out;
  read(json_reader(x, out));
  return out.value_or("");
}
constexpr std::array<std::string_view, 2> keys{"alpha", "beta"};
constexpr std::array<known_keys::stranger, 1> strangers{{{"gamma", "write \"beta\""}}};
}  // namespace

TEST_CASE("a place names keys and indices, odd keys in quotes") {
  json x{{"list", {1, {{"odd key", {{"inner", "text"}}}}}}};
  CHECK(complaint(x, [](const json_reader& r) {
          r.need("list", "").elements([](const json_reader& e) {
            if (auto odd = e.find("odd key")) odd->need("inner", "").number();
          });
        }) == "list[1][\"odd key\"].inner: expected a number, found \"text\"");
}

TEST_CASE("a place is short, whatever the keys") {
  auto said = complaint(json{{std::string(100'000, 'k'), true}}, [](const json_reader& r) {
    r.entries([](const std::string&, const json_reader& v) { v.number(); });
  });
  CHECK(said.size() < 100);
}

TEST_CASE("unknown keys are refused with the best advice at hand") {
  auto said = [](const char* key) {
    return complaint(json{{key, 1}}, [](const json_reader& r) { r.object({keys, strangers}); });
  };
  CHECK(said("alpha") == "");
  CHECK(said("alhpa") == "unknown key \"alhpa\"; did you mean \"alpha\"?");
  CHECK(said("gamma") == "unknown key \"gamma\"; write \"beta\"");
  CHECK(said("zzzzzz") == "unknown key \"zzzzzz\"; the keys here are alpha, beta");
}

TEST_CASE("null is as good as absent") {
  json x{{"a", nullptr}};
  CHECK(complaint(x, [](const json_reader& r) { CHECK_FALSE(r.find("a")); }) == "");
  CHECK(complaint(x, [](const json_reader& r) { r.need("a", "add it"); }) == "key \"a\" is missing; add it");
}

TEST_CASE("whole numbers may be written 3.0, and nothing else passes for one") {
  auto read = [](json x) {
    std::uint32_t out = 0;
    auto said = complaint(x, [&](const json_reader& r) { out = r.whole<std::uint32_t>(); });
    return said.empty() ? std::to_string(out) : said;
  };
  CHECK(read(3) == "3");
  CHECK(read(3.0) == "3");
  CHECK(read(4294967295u) == "4294967295");
  for (json bad : {json(-1), json(2.5), json(4294967296), json(1e300), json(true), json("3")})
    CHECK(read(bad).starts_with("expected a whole number from 0 to 4294967295, found "));
}

TEST_CASE("the first complaint is the one that stays") {
  CHECK(complaint(json::array({1, "a", "b"}), [](const json_reader& r) {
          r.elements([](const json_reader& e) { e.number(); });
        }) == "[1]: expected a number, found \"a\"");
}

TEST_CASE("what a sentence shows is short and whole") {
  CHECK(shown(json(std::string(30, 'x') + "äöüäöüäöüäöü")).size() < 50);
  CHECK(shown(json::object()) == "an empty object");
  CHECK(shown(json("\xff")) == "\"\xEF\xBF\xBD\"");
}
