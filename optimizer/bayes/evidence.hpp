#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "optimizer/bayes/gp.hpp"
#include "optimizer/bayes/kernel.hpp"
#include "optimizer/sampler.hpp"

namespace vilfredo {

/// One metric as its model sees it.
struct learned_metric {
  training_data data;
  /// The transformed threshold: a value meets it when it is not greater.
  std::optional<double> limit;
  std::size_t metric = 0;  ///< its place in the definition
};

/// What a job's observations teach, one training set a metric: losses (maximized metrics change sign), transformed.
///
/// Trials that were stopped or still run count as their `forecast`, whose deviation is known noise of that value; they
/// are evidence for models, never what a suggestion must improve on. Without a forecast, or with one whose deviation is
/// above a quarter of the metric's spread, they are left out.
///
/// Ends of cheaper tasks' trials count, as rows of their task.
///
/// Repeats of a configuration are merged to their mean. Values that are no finite numbers are left out of their
/// metric's set, failed observations of all but the failures'. Of more configurations than `most_points` some are kept:
/// a third of the room is for the best, a third for the newest, and the rest at equal distances over the others.
class evidence {
public:
  /// How many configurations models are made of: 900 of one metric, fewer of several, so that all together cost as
  /// much.
  static std::size_t most_points(const definition& d);

  evidence(const plan_job& job, const encoding& how);

  std::vector<learned_metric> objectives;
  std::vector<learned_metric> constraints;
  struct learned_cost {
    training_data data;  ///< of its logarithm, scaled
    double unit = 1;     ///< how much of the logarithm a unit of the data is
  };
  std::optional<learned_cost> cost;       ///< of the metric that the option `cost` names; nothing before two values
  std::optional<training_data> failures;  ///< −1 worked, 1 failed; nothing while all or none failed
  /// A configuration with every objective, and whether every constraint metric met its threshold each time.
  struct trial_point {
    const assignments* point;
    std::vector<Eigen::Index> rows;  ///< in the training set of each objective
    bool feasible;
    double violation;  ///< the sum over the constraint metrics of how far models see it beyond their limits
    bool full;         ///< or else of cheaper tasks alone, whose rows these are
  };
  std::vector<trial_point> tried;

private:
  std::vector<const observation*> chosen(const plan_job& job) const;
};

/// At most `most` rows of a set: the lowest values, and others at equal distances.
training_data thinned(const training_data& all, Eigen::Index most);

}  // namespace vilfredo
