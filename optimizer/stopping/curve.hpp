#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/definition.hpp"
#include "core/trial.hpp"

namespace vilfredo::stopping {

/// What one trial has reported, in order of steps: the last word on each step. Values are losses, one a metric of the
/// definition, less is better: NaN where absent, +∞ where reported but not finite.
class curve {
public:
  explicit curve(std::size_t metrics) : metrics_(metrics) {}

  /// Takes in a report and says in which row it stands.
  std::size_t put(double step, std::span<const double> losses);

  std::size_t rows() const { return steps_.size(); }
  bool empty() const { return steps_.empty(); }
  double step(std::size_t row) const { return steps_[row]; }
  std::span<const double> losses(std::size_t row) const { return {losses_.data() + row * metrics_, metrics_}; }
  double loss(std::size_t row, std::size_t metric) const { return losses_[row * metrics_ + metric]; }
  /// The first row whose step is at least `level`.
  std::optional<std::size_t> first_from(double level) const;
  /// The least loss of a metric in the rows up to and with `row`; NaN when it is absent in all.
  double best(std::size_t row, std::size_t metric) const { return bests_[row * metrics_ + metric]; }

private:
  std::size_t metrics_;
  std::vector<double> steps_;
  std::vector<double> losses_;  // row by row
  std::vector<double> bests_;   // so far, row by row
};

/// The losses of these metrics in a row, or nothing where one is absent: such a row cannot be compared.
std::optional<std::vector<double>> losses_in(const curve& x, std::size_t row, std::span<const std::size_t> metrics);

/// A report's values with signs such that less is better.
std::vector<double> losses_of(const std::vector<metric>& metrics, std::span<const double> values);

/// All that a trial has reported, over all its attempts.
curve curve_of(const std::vector<metric>& metrics, const trial& x);

}  // namespace vilfredo::stopping
