#pragma once

namespace vilfredo {

/// Logarithms of what the standard normal distribution's far tails hold, where the quantities themselves underflow,
/// with the derivatives of these logarithms. Finite for every finite z whose square is; relative error about 1e-11 at
/// worst.
///
/// Φ is the distribution function, φ the density, h(z) = φ(z) + z Φ(z): the mean of what a normal variable with mean z
/// has above zero, so that expected improvement is σ h((target − μ) / σ) (Ament et al. 2023, equation 9).
double log_normal_density(double z);
double log_normal_cdf(double z);
double log_normal_excess(double z);  ///< log h

double log_normal_cdf_slope(double z);     ///< φ / Φ
double log_normal_excess_slope(double z);  ///< Φ / h

/// log(exp(a) − exp(b)) for a ≥ b; minus infinity when they are equal.
double log_difference(double a, double b);

}  // namespace vilfredo
