#include "app/reading.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using app::choose;

namespace {
const std::vector<journal::entry> three{{{1}, "loans"}, {{2}, "pumps"}, {{3}, "loans"}};
const app::place here{.store = "s.db", .url = {}, .token = {}, .token_file = {}, .authorities = {}};

std::string refusal(const std::vector<journal::entry>& known, std::optional<std::string> wanted) {
  auto got = choose(known, wanted, here);
  REQUIRE(!got);
  return got.error().message;
}
}  // namespace

TEST_CASE("without a name the only experiment is meant") {
  CHECK(*choose({{{4}, "loans"}}, std::nullopt, here) == experiment_id{4});
  CHECK(refusal(three, std::nullopt) == "s.db holds 3 experiments; name one of them: loans, pumps, loans");
  CHECK(refusal({}, std::nullopt) == "s.db holds no experiment yet; vilfredo run starts one");
  app::place daemon;
  daemon.url = "http://tuner:7323";
  CHECK(choose({}, std::nullopt, daemon).error().message ==
        "http://tuner:7323 holds no experiment yet; vilfredo submit creates one");
}

TEST_CASE("a name means the newest experiment that has it, a number the one it counts") {
  CHECK(*choose(three, "loans", here) == experiment_id{3});
  CHECK(*choose(three, "1", here) == experiment_id{1});
  CHECK(*choose({{{1}, "a"}, {{2}, "1"}}, "1", here) == experiment_id{2});  // a name goes before a number
}

TEST_CASE("an unknown name is answered with what was probably meant, or what there is") {
  CHECK(refusal(three, "loan") == "s.db holds no experiment \"loan\"; did you mean \"loans\"?");
  CHECK(refusal(three, "zebra") == "s.db holds no experiment \"zebra\"; it holds loans, pumps, loans");
}
