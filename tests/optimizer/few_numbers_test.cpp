#include "optimizer/few_numbers.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using vilfredo::few_numbers;

TEST_CASE("it holds what was put in, in order, however many there are, through copies and moves") {
  for (std::size_t n = 0; n < 9; ++n) {
    std::vector<double> plain;
    few_numbers x;
    for (std::size_t i = 0; i < n; ++i) {
      plain.push_back(static_cast<double>(i * i));
      x.push_back(plain.back());
    }
    auto copy = x;
    const auto moved = std::move(x);
    for (const auto& y : {copy, moved, few_numbers(plain)}) {
      CHECK(y.size() == n);
      CHECK(y.empty() == plain.empty());
      CHECK(std::vector(y.begin(), y.end()) == plain);
      for (std::size_t i = 0; i < n; ++i) CHECK(y[i] == plain[i]);
    }
    copy.push_back(-1);
    CHECK(copy[n] == -1);
    CHECK_FALSE(copy == moved);
  }
}
