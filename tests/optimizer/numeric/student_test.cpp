#include "optimizer/numeric/student.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using vilfredo::student_cdf;

TEST_CASE("Student's distribution function agrees with printed quantiles") {
  struct line {
    std::size_t degrees;
    double t, p;
  };
  for (auto [degrees, t, p] :
       std::vector{line{1, 6.313751515, 0.95}, line{2, 2.91998558, 0.95}, line{3, 3.182446305, 0.975},
                   line{4, 2.131846786, 0.95}, line{5, 2.015048373, 0.95}, line{10, 2.228138852, 0.975},
                   line{29, 2.462021360, 0.99}, line{120, 1.657650899, 0.95}}) {
    CHECK(student_cdf(t, degrees) == doctest::Approx(p).epsilon(1e-8));
    CHECK(student_cdf(-t, degrees) == doctest::Approx(1 - p).epsilon(1e-8));
  }
  CHECK(student_cdf(0, 7) == 0.5);
  CHECK(student_cdf(HUGE_VAL, 4) == 1);
}
