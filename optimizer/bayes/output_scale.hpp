#pragma once
#include <vector>

namespace vilfredo {

/// A rising map from the losses of a metric to values that a Gaussian process learns well: centred, of unit spread,
/// finite whatever came in.
class output_scale {
public:
  /// Shift and stretch only, extreme losses cut off.
  static output_scale linear(std::vector<double> losses);
  /// Shift and stretch, but the logarithm beyond the median by more than the best is below it: several objectives keep
  /// the shape of their good parts, whose volumes count, and what is bad does not set the scale.
  static output_scale drawn_in(std::vector<double> losses);
  /// Then Yeo & Johnson's (2000) power transform with the exponent of greatest likelihood: long tails of bad values
  /// shrink, the good end stretches.
  static output_scale power(std::vector<double> losses);
  /// The logarithm of the distance to a limit, on either side (the bilog of Eriksson & Poloczek 2021): fine where it
  /// matters whether the limit is kept. The limit itself becomes 0.
  static output_scale around(double limit, std::vector<double> losses);

  double operator()(double loss) const;
  /// The derivative of the map at a loss.
  double slope(double loss) const;

private:
  double raw(double loss) const;
  void standardize(const std::vector<double>& losses);

  enum class kind { linear, drawn_in, power, bilog } kind_ = kind::linear;
  double centre_ = 0, unit_ = 1;  // of losses
  double exponent_ = 1;
  double mean_ = 0, spread_ = 1;  // of what the above makes of them
};

}  // namespace vilfredo
