#include "optimizer/stopping/finished.hpp"

#include <doctest/doctest.h>

using namespace vilfredo;
using namespace vilfredo::stopping;

namespace {
curve of(double a, double b) {
  curve out(3);
  out.put(1, std::vector<double>{a, 0, absent});
  out.put(2, std::vector<double>{a, 0, b});
  out.put(4, std::vector<double>{a + 1, 0, b + 1});
  return out;
}
}  // namespace

TEST_CASE("what some metrics were on the way and at the end is kept") {
  finished_sample all({0, 2});
  all.add({1}, of(5, 7));
  curve lacking(3);
  lacking.put(1, std::vector<double>{1, 1, absent});
  all.add({2}, lacking);
  REQUIRE(all.all().size() == 1);
  const auto& one = all.all().begin()->second;
  CHECK(one.end == std::vector<double>{6, 8});
  CHECK(one.marks.size() == 2);  // step 1 lacks a metric
  CHECK(one.marks.at(16) == std::vector<double>{5, 7});
}

TEST_CASE("of thousands a sample is kept that does not depend on their order") {
  finished_sample forth({0}), back({0});
  for (std::uint64_t t = 1; t <= 2000; ++t) forth.add({t}, of(static_cast<double>(t), 0));
  for (std::uint64_t t = 2000; t >= 1; --t) back.add({t}, of(static_cast<double>(t), 0));
  CHECK(forth.all().size() == finished_sample::most);
  double sum = 0;
  for (auto a = forth.all().begin(), b = back.all().begin(); a != forth.all().end(); ++a, ++b) {
    CHECK(a->first == b->first);
    CHECK(a->second.end == b->second.end);
    sum += a->second.end[0] / finished_sample::most;
  }
  CHECK(sum > 800);
  CHECK(sum < 1200);
}
