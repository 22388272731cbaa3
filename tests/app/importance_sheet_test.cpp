#include "app/importance_sheet.hpp"

#include <doctest/doctest.h>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace vilfredo::app;

namespace {

/// n trials spread over a square; `a` alone decides over "good", both together over "close".
bookkeeper kept(int n) {
  auto d = experiment({real("b", 0, 1), real("a", 0, 1)}, {store("close"), minimize("good")});
  bookkeeper out(std::move(d));
  for (int i = 0; i < n; ++i) {
    const double b = (i * 7 % 20) / 20.0, a = (i * 3 % 19) / 19.0;
    auto trial = out.issue({b, a});
    out.send(complete{trial, 1, {{"close", std::abs(a - b), {}}, {"good", a, {}}}});
  }
  return out;
}

}  // namespace

TEST_CASE("parameters stand in the order of what they decide, optimized metrics before others") {
  const auto x = must(importance_sheet(kept(200).book()));
  REQUIRE(x.columns.size() == 3);
  CHECK(x.columns[1].name == "good");
  CHECK(x.columns[2].name == "close");
  REQUIRE(x.rows.size() == 2);
  CHECK(x.rows[0][0] == "a");
  CHECK(x.rows[0][1].get<double>() > 0.9);
  CHECK(x.rows[1][0] == "b");
}

TEST_CASE("a pair has a row, and a number for each metric") {
  const auto x = must(pair_sheet(kept(200).book()));
  REQUIRE(x.rows.size() == 1);
  CHECK(x.rows[0][0] == "b");
  CHECK(x.rows[0][1] == "a");
  CHECK(x.rows[0][2].get<double>() < x.rows[0][3].get<double>());
}

TEST_CASE("too few trials are an error that says how many it takes") {
  const auto keeper = kept(9);
  for (auto make : {importance_sheet, pair_sheet}) {
    auto got = make(keeper.book());
    REQUIRE_FALSE(got);
    CHECK(got.error().message.ends_with(" has 9 completed trials; what decides can be told from 10 on"));
  }
}
