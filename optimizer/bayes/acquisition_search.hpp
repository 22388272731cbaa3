#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/bayes/criterion.hpp"
#include "optimizer/novelty.hpp"
#include "optimizer/numeric/polytope.hpp"

namespace vilfredo {

struct search_effort {
  std::size_t scattered = 500;   ///< configurations looked at before any is refined
  std::size_t starts = 4;        ///< of these are refined
  std::size_t evaluations = 40;  ///< with gradients, a refinement
};

/// Finds configurations of great worth in a mixed space.
///
/// A pool is drawn, half of it from the whole feasible set and half around the best that is known; the best of the pool
/// are refined, in turn along their numbers (by gradient, all at once) and along each of their choices (its other
/// values one by one), until neither helps. Integers and grids of many values are numbers first and then move in steps;
/// values that come into being with a choice are those of the best known configuration that has them.
class acquisition_search {
public:
  /// All arguments must outlive it; `best` are the best known configurations, best first.
  acquisition_search(const space& domain, std::shared_ptr<const encoding> how, const feasible_sampler& feasible,
                     random_source& random, std::vector<const assignments*> best, std::function<bool()> cancelled);

  /// From now on numbers stay within a box around a configuration: one side a dimension, in the unit cube. Integers and
  /// grids may always move by a value. Instead of from everywhere the pool is drawn from the box, some twenty
  /// dimensions away from the centre.
  void confine(const assignments& centre, const std::vector<double>& sides);
  void draw_pool(const criterion& worth, std::size_t size);
  /// The best new configuration found; a random new one when the pool has none; nothing when cancelled.
  std::optional<assignments> find(const criterion& worth, const novelty& seen, const search_effort& effort);

private:
  struct candidate {
    assignments x;
    Eigen::VectorXd row;
    double value = 0;
  };
  assignments scattered();
  /// With its numbers in the box.
  assignments held(assignments x) const;
  assignments nearby();
  /// `x` with another value of a dimension; what this makes exist or not follows.
  assignments with(assignments x, std::size_t dimension, double value);
  void complete(assignments& x);
  candidate judged(const criterion& worth, assignments x) const;
  bool move_numbers(const criterion& worth, candidate& at, std::size_t evaluations) const;
  polytope around(const candidate& at, const std::vector<std::size_t>& free) const;
  bool move_choices(const criterion& worth, candidate& at);
  std::vector<double> alternatives(std::size_t dimension, double value);

  const space& domain_;
  std::shared_ptr<const encoding> how_;
  const feasible_sampler& feasible_;
  random_source& random_;
  std::vector<const assignments*> best_;
  std::function<bool()> cancelled_;
  std::vector<space::cell> bounds_;  // of each dimension
  std::vector<double> centre_;       // of the box; empty when there is none
  std::vector<std::size_t> smooth_,
      stepped_;                      // dimensions moved by gradient; and in steps (a dimension may be in both)
  std::vector<assignments> points_;  // the pool
  Eigen::MatrixXd rows_;
  criterion::pool pool_;
};

}  // namespace vilfredo
