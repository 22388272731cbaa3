#pragma once
#include <span>

#include "optimizer/stopping/stopper.hpp"

namespace vilfredo::stopping {

/// Wilcoxon's signed-rank test, one-sided: the chance that a sum of signed ranks as large as that of the positive
/// differences, or larger, comes about when each difference is as likely to have the other sign.
///
///   r_i   rank of |d_i|, the mean of the ranks where several are equal
///   W     Σ r_i over d_i > 0
///
/// Zeros take the lowest ranks and speak for neither side (Pratt 1959, "Remarks on zeros and ties in the Wilcoxon
/// signed rank procedures"). Exact for up to 16 differences, ties included; beyond, a normal approximation with a
/// correction for continuity. NaN is not allowed, infinities are. 1 without differences.
double signed_rank_p(std::span<const double> differences);

struct wilcoxon_options {
  std::size_t metric = 0;
  double p_threshold = 0.1;
  std::size_t min_instances = 5;
};

/// For trials that measure one noisy value over many instances (folds, seeds, problems), where each step names an
/// instance: a trial stops when it is worse than the best completed one by a signed-rank test over the instances that
/// both have seen (the idea of Optuna's WilcoxonPruner). The best is the completed trial with the least mean over its
/// instances, of which it must have at least `min_instances`. Who is not worse on average goes on in any case.
///
/// Instances may come in any order. With more than 64 reports it judges 32 times while their number doubles, so that
/// the mean cost of a report is a logarithm.
class wilcoxon final : public stopper {
public:
  explicit wilcoxon(wilcoxon_options options) : options_(options) {}

  void reported(trial_id, const curve&, std::size_t) override {}
  void ended(trial_id trial, const curve& x, trial_state how) override;
  std::optional<std::string> judge(trial_id trial, const curve& x, std::size_t row) const override;
  std::unique_ptr<stopper> clone() const override { return std::make_unique<wilcoxon>(*this); }

private:
  struct champion {
    double mean = 0;
    trial_id trial;
    curve x;
  };
  wilcoxon_options options_;
  std::optional<champion> best_;
};

}  // namespace vilfredo::stopping
