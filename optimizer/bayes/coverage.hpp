#pragma once
#include <Eigen/Core>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/bayes/criterion.hpp"
#include "optimizer/bayes/kernel.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

/// Chooses what to try where all metrics are constraints, and every kind of configuration that meets them is wanted:
/// expected coverage improvement (Malkomes, Cheng, Lee & McCourt 2021, "Beyond the Pareto efficient frontier").
///
/// A configuration that meets all thresholds covers those within a radius, the resolution. The next trial is the one
/// that is expected to cover most of what meets the thresholds and is not covered yet. What that is the models say, by
/// a sample of configurations, each weighing as much as it probably meets them; a trial under way covers as probably as
/// it will meet them.
class coverage {
public:
  struct parts {
    std::vector<criterion::limited_model> limits;
    std::vector<assignments> met;      ///< known to meet all thresholds; at least one
    std::vector<assignments> pending;  ///< under way
    /// In the unit cube. Nothing: most of what probably meets the thresholds is nearer than this to what is known to,
    /// so that the remotest comes first, and it shrinks as more is known.
    std::optional<double> resolution;
  };
  /// All but `x` must outlive it.
  coverage(const space& domain, std::shared_ptr<const encoding> how, const feasible_sampler& feasible,
           random_source& random, parts x);

  double resolution() const { return resolution_; }
  /// The share of what probably meets all thresholds that lies within the resolution of what is known to.
  double covered() const { return covered_; }

  /// The best new configuration of the sample, a random one when none is new; under way from then on. When nothing is
  /// left uncovered the resolution is halved.
  assignments next(const novelty& seen);

private:
  struct centre {
    Eigen::VectorXd row;
    double probability = 0;  ///< of meeting all thresholds
  };
  Eigen::VectorXd probabilities(const std::vector<assignments>& those) const;
  void draw_sample();
  void concentrate();
  void walk(std::vector<std::vector<double>>& at);
  void set_resolution(double r);
  void cover(const centre& x);
  double nearest_quantile(double q) const;

  const space& domain_;
  std::shared_ptr<const encoding> how_;
  const feasible_sampler& feasible_;
  random_source& random_;
  parts x_;
  std::vector<centre> centres_;  // what covers
  std::vector<assignments> sample_;
  Eigen::MatrixXd rows_;  // of the sample, encoded
  Eigen::VectorXd probability_, weight_, uncovered_;
  Eigen::MatrixXd near_;  // of each pair of the sample: 1 within the resolution, else 0
  double resolution_ = 0, covered_ = 0;
};

/// The observed configurations that meet all thresholds, however many there are.
std::vector<assignments> known_to_meet(const plan_job& job);

}  // namespace vilfredo
