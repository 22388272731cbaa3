#include "optimizer/stopping/cells.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace vilfredo::stopping;

TEST_CASE("whole steps up to 31 have a cell each, and ten thousand share about two hundred") {
  std::set<int> seen;
  for (int step = 1; step <= 31; ++step) seen.insert(cell_of(step));
  CHECK(seen.size() == 31);
  for (int step = 32; step <= 10'000; ++step) seen.insert(cell_of(step));
  CHECK(seen.size() < 190);
}

TEST_CASE("a cell begins at its least step, and half a step lies an octave below") {
  for (double step : {0.001, 0.7, 1.0, 3.0, 17.0, 1000.5}) {
    const int cell = cell_of(step);
    CHECK(start_of(cell) <= step);
    CHECK(start_of(cell + 1) > step);
    CHECK(cell_of(start_of(cell)) == cell);
    CHECK(cell_of(step / 2) == cell - cells_an_octave);
  }
}

TEST_CASE("of reports in one cell the first counts; steps that are not positive have none") {
  curve x(1);
  for (double step : {0.0, 100.0, 101.0, 120.0}) x.put(step, std::vector<double>{0});
  CHECK_FALSE(first_in_cell(x, 0));
  CHECK(first_in_cell(x, 1));
  CHECK_FALSE(first_in_cell(x, 2));
  CHECK(first_in_cell(x, 3));
}
