#pragma once
#include <cstddef>
#include <Eigen/Core>
#include <span>
#include <vector>

#include "optimizer/bayes/gp.hpp"
#include "optimizer/multi/box_decomposition.hpp"

namespace vilfredo {

/// How much a trial is worth, as a logarithm, given what the models believe of its metrics. Each adds its term to a
/// sum; what it depends on is told by the derivatives, one a belief.
struct belief_slopes {
  std::vector<double> mean, deviation;
};

/// log E[max(0, target − Y)], Y normal (Ament et al. 2023): LogEI.
double log_expected_improvement(const belief& y, double target, double* by_mean = nullptr,
                                double* by_deviation = nullptr);

/// log P(Y ≤ limit).
double log_probability_below(const belief& y, double limit, double* by_mean = nullptr, double* by_deviation = nullptr);

/// log of the expected hypervolume that is added to a front, for independent beliefs about the objectives: exact, by
/// the boxes of its undominated region (Yang et al. 2019).
///
///   E = Σ over boxes Π over objectives (e(upper) − e(lower)),  e(t) = E[max(0, t − Y)], e(−∞) = 0
class expected_hypervolume {
public:
  explicit expected_hypervolume(const std::vector<cell>& cells);
  double log_value(std::span<const belief> y, belief_slopes* slopes = nullptr) const;

private:
  static constexpr std::size_t unbounded = static_cast<std::size_t>(-1);
  struct edge {
    std::size_t lower = unbounded, upper = 0;  // in edges_ of the objective
  };
  std::vector<std::vector<double>> edges_;  // the distinct bounds, one list an objective
  std::vector<edge> cells_;                 // box by objective
  std::size_t objectives_ = 0;
};

}  // namespace vilfredo
