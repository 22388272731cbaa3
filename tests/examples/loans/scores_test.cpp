#include "loans/scores.hpp"

#include <doctest/doctest.h>

using namespace loans;

namespace {

applications four_loans() {
  applications out;
  out.columns = 0;
  out.bad = {1, 0, 1, 0};
  out.amount = {100, 200, 300, 400};
  return out;
}

}  // namespace

TEST_CASE("ranking every bad loan first is an average precision of one") {
  CHECK(average_precision({0.9F, 0.1F, 0.8F, 0.2F}, {1, 0, 1, 0}) == doctest::Approx(1));
}

TEST_CASE("average precision is the mean of the precisions at the bad loans") {
  // Ranked: bad, good, bad, good: precision 1/1 at the first and 2/3 at the second.
  CHECK(average_precision({0.9F, 0.8F, 0.7F, 0.1F}, {1, 0, 1, 0}) == doctest::Approx((1 + 2.0 / 3) / 2));
}

TEST_CASE("scores that tell nothing apart have the share of bad loans as average precision") {
  CHECK(average_precision({0.5F, 0.5F, 0.5F, 0.5F}, {1, 0, 0, 0}) == doctest::Approx(0.25));
}

TEST_CASE("an approved bad loan loses 60 % of its amount, a declined good one misses 15 %") {
  auto right = judge({0.9F, 0.1F, 0.9F, 0.1F}, four_loans(), 0.5);
  CHECK(right.dollars_lost == doctest::Approx(0));
  CHECK(right.accuracy == doctest::Approx(1));
  auto approved = judge({0.1F, 0.1F, 0.9F, 0.1F}, four_loans(), 0.5);
  CHECK(approved.dollars_lost == doctest::Approx(0.60 * 100 / 4));
  auto declined = judge({0.9F, 0.1F, 0.9F, 0.9F}, four_loans(), 0.5);
  CHECK(declined.dollars_lost == doctest::Approx(0.15 * 400 / 4));
  CHECK(declined.accuracy == doctest::Approx(0.75));
}

TEST_CASE("an application is declined when its score is the threshold itself") {
  CHECK(judge({0.5F, 0, 0.5F, 0}, four_loans(), 0.5).accuracy == doctest::Approx(1));
}

TEST_CASE("the threshold changes the decisions and not the ranking") {
  auto low = judge({0.9F, 0.1F, 0.4F, 0.2F}, four_loans(), 0.3);
  auto high = judge({0.9F, 0.1F, 0.4F, 0.2F}, four_loans(), 0.5);
  CHECK(low.aucpr == high.aucpr);
  CHECK(low.dollars_lost < high.dollars_lost);
}
