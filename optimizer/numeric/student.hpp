#pragma once
#include <cstddef>

namespace vilfredo {

/// Student's t distribution function for whole degrees of freedom ν ≥ 1 (Abramowitz & Stegun 26.7.3 and 26.7.4). O(ν);
/// absolute error about 1e-15.
double student_cdf(double t, std::size_t degrees);

}  // namespace vilfredo
