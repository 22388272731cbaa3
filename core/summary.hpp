#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/definition.hpp"
#include "core/observation.hpp"
#include "core/pareto.hpp"

namespace vilfredo {

/// What an expert asks of an experiment: the best, the front, how far it has come. Kept while observations come in, at
/// a cost a call that depends on the front's size only.
///
/// An observation is eligible when it did not fail and meets every threshold, those of optimized metrics included: only
/// these can be best or on the front. Where constraints are all there is, all are, and each is an improvement.
class summary {
public:
  explicit summary(const definition& x);

  void add(const observation& x);
  /// Starts again: after an observation was edited or deleted, or a threshold moved.
  void rebuild(const definition& x, const history& observations);

  std::uint64_t observations() const { return count_; }
  std::uint64_t failed() const { return failed_; }
  /// Ended early by a stopping rule.
  std::uint64_t stopped() const { return stopped_; }
  /// Came to their end with values.
  std::uint64_t completed() const { return count_ - failed_ - stopped_; }
  /// Came to its end, but misses a threshold.
  std::uint64_t ineligible() const { return ineligible_; }

  struct best_value {
    observation_id observation;
    double value = 0;
  };
  /// Of one metric over the eligible observations; the earliest among equals. Stored metrics have none.
  std::optional<best_value> best(std::size_t metric) const { return best_[metric]; }

  /// Observations on the Pareto front over all optimized metrics, in order of arrival; with one metric, the best ones.
  std::vector<observation_id> front() const;
  bool on_front(observation_id x) const;

  /// The point a hypervolume is measured from, one value an optimized metric: its threshold, or else the worst value
  /// that any observation showed. Empty before the first.
  std::vector<double> reference() const;
  /// The volume between the front and the reference point.
  double hypervolume() const;

  struct progress_point {
    std::uint64_t observations = 0;  ///< how many had come in
    double value = 0;                ///< best so far (one optimized metric), hypervolume, or how many are eligible
  };
  /// One point for each observation that improved; measured from the present reference point, so it never falls.
  /// Computed when asked.
  std::vector<progress_point> progress() const;
  /// Observations that did not fail, since the last one that improved; those of cheaper tasks are none of these.
  std::uint64_t since_improvement() const { return since_improvement_; }
  /// How probable it is that one of the next n observations improves, after k in a row that did not: n / (n + k + 1).
  ///
  /// The best one and the k + n around it are taken as exchangeable: then each is as likely as any other to be the best
  /// of all, whatever the values (records of an exchangeable sequence; Rényi 1962, "Théorie des éléments saillants
  /// d'une suite d'observations"). Laplace's rule of succession says the same of any event that did not happen k times,
  /// and so of a front's improvement. Only what came since the last improvement counts, so what a sampler had to learn
  /// first makes nobody stop.
  double chance_of_improvement(std::uint64_t next) const;
  /// The sum of a metric over all observations that have it, those of stopped trials included.
  double total(std::size_t metric) const { return totals_[metric]; }

private:
  bool eligible(const observation& x) const;
  /// The optimized metrics of `x`, signs such that less is better.
  std::vector<double> losses(const observation& x) const;
  double volume(const pareto_front& front) const;

  std::vector<metric> metrics_;
  std::vector<std::size_t> optimized_;
  std::uint64_t count_ = 0, failed_ = 0, stopped_ = 0, ineligible_ = 0, since_improvement_ = 0;
  std::vector<std::optional<best_value>> best_;
  std::vector<double> totals_;  // one a metric
  std::vector<double> worst_;   // losses; one an optimized metric, NaN before the first
  pareto_front front_;
  struct improvement {
    std::uint64_t at;
    std::vector<double> losses;
  };
  std::vector<improvement> improvements_;
};

/// Whether `value` is at least as good as `threshold` says.
bool meets(const metric& m, double value);

}  // namespace vilfredo
