#pragma once
#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "optimizer/bayes/acquisition.hpp"
#include "optimizer/bayes/gp.hpp"
#include "optimizer/bayes/niches.hpp"

namespace vilfredo {

/// What a trial at a configuration is worth, as a logarithm: the expected improvement of the objectives, times the
/// probability that every constraint is met and that the trial does not fail, by what the trial costs. While nothing
/// feasible is known, that probability, or the approach to the limits, takes the place of the improvement.
class criterion {
public:
  struct limited_model {
    gaussian_process model;
    double limit = 0;
    /// Not to be met, but to be bettered: the expected improvement on it counts in place of the probability.
    bool approached = false;
  };
  struct cost_model {
    gaussian_process model;
    double unit = 1;  ///< of the model's values, in logarithms of the cost
  };
  struct parts {
    std::vector<gaussian_process> objectives;
    std::vector<limited_model> limits;  ///< constraints, failures
    std::optional<cost_model> cost;     ///< none: all trials cost the same
    /// Posterior means of feasible configurations, one an objective.
    std::vector<std::vector<double>> known;
    /// Of several objectives: what is no better than this in any of them is worth nothing.
    std::vector<double> reference;
    /// Of one objective, there is something feasible to improve on.
    bool improves = false;
    /// Where several solutions are wanted: what each is to be better than, in place of the best known.
    std::optional<niches> several;
  };
  explicit criterion(parts x);

  double value(const Eigen::VectorXd& row) const;
  double value(const Eigen::VectorXd& row, Eigen::VectorXd& gradient) const;

  struct pool {
    Eigen::MatrixXd rows;
    std::vector<gaussian_process::batch> beliefs;  // one a model
  };
  pool look_at(const Eigen::MatrixXd& rows) const;
  /// The values of many configurations as of now.
  Eigen::VectorXd values(pool& those) const;

  /// Goes on as if the trial at `row` gave what the models expect; one of a cheaper task is nothing to improve on.
  void believe(const Eigen::VectorXd& row, bool full = true);
  const gaussian_process& objective() const { return x_.objectives[0]; }

private:
  std::vector<const gaussian_process*> models() const;
  /// What is worth something must be better than the target, with one objective.
  double combine(std::span<const belief> beliefs, double target, belief_slopes* slopes) const;
  double target_at(const Eigen::VectorXd& row) const { return x_.several ? x_.several->target(row) : target_; }
  void set_goal();

  parts x_;
  double target_ = 0;
  std::optional<expected_hypervolume> volume_;
};

}  // namespace vilfredo
