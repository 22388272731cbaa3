#include "io/line_splitter.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace vilfredo::io;

namespace {

using lines = std::vector<std::pair<std::string, bool>>;

lines split(const std::vector<std::string>& pieces, std::size_t longest = 10) {
  lines out;
  line_splitter splitter(longest);
  auto keep = [&](const line_splitter::line& x) { out.emplace_back(x.text, x.cut); };
  for (const auto& p : pieces) splitter.take(p, keep);
  splitter.finish(keep);
  return out;
}

}  // namespace

TEST_CASE("lines come out whole however the bytes arrive") {
  lines expected{{"one", false}, {"", false}, {"two", false}, {"three", false}};
  std::string text = "one\n\ntwo\r\nthree";
  CHECK(split({text}) == expected);
  std::vector<std::string> bytes;
  for (char c : text) bytes.emplace_back(1, c);
  CHECK(split(bytes) == expected);
}

TEST_CASE("a line that is too long comes out once, cut, and the next one is whole") {
  CHECK(split({"0123456789\n"}) == lines{{"0123456789", false}});
  CHECK(split({"0123456789a\nnext\n"}) == lines{{"0123456789", true}, {"next", false}});
  CHECK(split({"01234", "56789", "abc", "def\n", "next"}) == lines{{"0123456789", true}, {"next", false}});
  CHECK(split({"0123456789", "a"}) == lines{{"0123456789", true}});
}

TEST_CASE("nothing comes out of nothing") {
  CHECK(split({}).empty());
  CHECK(split({""}).empty());
}
