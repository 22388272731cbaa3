#pragma once
#include <span>

namespace vilfredo {

/// The power transform of Yeo & Johnson (2000): rising, smooth, for numbers of either sign; with exponent 1 the number
/// itself, with less the upper tail shrinks and the lower one stretches.
double yeo_johnson(double z, double exponent);
double yeo_johnson_slope(double z, double exponent);  ///< by z

/// The exponent from −1 to 2 under which the numbers look most like draws from one normal distribution (greatest
/// likelihood).
double yeo_johnson_exponent(std::span<const double> z);

}  // namespace vilfredo
