#include "core/serving.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;

namespace {
events::plan_made plan(std::uint64_t number, revision based_on, std::vector<double> candidates, bool timeless = false) {
  events::plan_made out;
  out.plan = number;
  out.based_on = based_on;
  out.timeless = timeless;
  for (double v : candidates) out.candidates.push_back({{v}});
  return out;
}
bool nothing(const assignments&) { return false; }
double value(const std::optional<serving::choice>& c) { return c->point->values[0]; }
}  // namespace

TEST_CASE("the best candidate of the newest plan goes first, then its next") {
  serving s;
  s.made(plan(1, 5, {1, 2}));
  s.made(plan(2, 6, {3, 4}));
  auto first = s.fresh(6, 1, nothing);
  REQUIRE(first);
  CHECK(value(first) == 3);
  CHECK(first->plan == 2);
  CHECK(first->candidate == 0);
  CHECK(first->based_on == 6);
  s.taken(2, 0);
  CHECK(value(s.fresh(6, 1, nothing)) == 4);
  s.taken(2, 1);
  CHECK(value(s.fresh(6, 1, nothing)) == 1);  // missed one observation, which is allowed
  CHECK_FALSE(s.fresh(6, 0, nothing));
}

TEST_CASE("what is skipped today is served later, and a plan ends when all of it was taken, in whatever order") {
  serving s;
  s.made(plan(1, 5, {1, 2, 3}));
  auto not_one = [](const assignments& x) { return x.values[0] == 1; };
  CHECK(value(s.fresh(5, 0, not_one)) == 2);
  s.taken(1, 1);
  CHECK(value(s.fresh(5, 0, not_one)) == 3);
  s.taken(1, 2);
  CHECK_FALSE(s.fresh(5, 0, not_one));
  CHECK(value(s.fresh(5, 0, nothing)) == 1);
  s.taken(1, 0);
  CHECK_FALSE(s.fresh(5, 0, nothing));
  s.made(plan(2, 5, {4}));
  CHECK(s.plans().size() == 1);
}

TEST_CASE("a plan that missed too many observations serves only as a reserve") {
  serving s;
  s.made(plan(1, 5, {1}));
  CHECK(s.fresh(7, 2, nothing));
  CHECK_FALSE(s.fresh(8, 2, nothing));
  CHECK(value(s.stale(nothing)) == 1);
}

TEST_CASE("excluded candidates are passed over") {
  serving s;
  s.made(plan(1, 1, {1, 2, 3}));
  auto skip = [](const assignments& x) { return x.values[0] < 3; };
  CHECK(value(s.fresh(1, 0, skip)) == 3);
  CHECK(value(s.stale(skip)) == 3);
  CHECK_FALSE(s.stale([](const assignments&) { return true; }));
}

TEST_CASE("timeless candidates never go stale, and the older plan is used up first") {
  serving s;
  s.made(plan(1, 0, {1, 2}, true));
  s.taken(1, 0);
  s.made(plan(2, 9, {3}, true));
  CHECK(value(s.fresh(1000, 0, nothing)) == 2);
  s.taken(1, 1);
  CHECK(value(s.fresh(1000, 0, nothing)) == 3);
}

TEST_CASE("only the last plans are kept, and those that are used up go first") {
  serving s;
  for (std::uint64_t n = 1; n <= 10; ++n) s.made(plan(n, n, {static_cast<double>(n)}));
  CHECK(s.plans().size() == serving::reserve);
  CHECK(s.plans().front().number == 8);
  s.taken(9, 0);
  s.made(plan(11, 11, {11}));
  CHECK(s.plans().size() == 3);
  CHECK(s.plans().front().number == 8);
  CHECK(s.plans()[1].number == 10);
}

TEST_CASE("a taken candidate of a plan that is gone is ignored") {
  serving s;
  s.taken(4, 0);
  s.made(plan(1, 1, {1}));
  s.taken(1, 17);
  CHECK(s.stale(nothing));
}
