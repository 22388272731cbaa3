#pragma once

namespace vilfredo {

/// The beta distribution on [0, 1] with shapes a, b > 0: the probability I_x(a, b) of what is at most x, to about
/// 1e-12.
double beta_cdf(double x, double a, double b);

/// The logarithm of its density, which is infinite at ends that the shapes make so.
double beta_log_density(double x, double a, double b);

/// The x at which that probability is p, to 1e-16.
double beta_quantile(double p, double a, double b);

}  // namespace vilfredo
