#pragma once

namespace vilfredo {

/// A map of the unit interval onto itself that looks closer at one of its ends, as a logarithm does:
///   w(u) = log(1 + u (eᵗ − 1)) / t,  w(u) = u at t = 0.
/// The slope at 0 is eᵗ times that at 1; −t does at 1 what t does at 0. So one number says on which scale a parameter
/// is best looked at, where its own scale was not chosen with care.
struct warp {
  double t = 0;

  double operator()(double u) const;
  double slope(double u) const;  ///< dw/du
  double by_t(double u) const;   ///< dw/dt
};

}  // namespace vilfredo
