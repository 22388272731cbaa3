#pragma once
#include <vector>

#include "loans/applications.hpp"

namespace loans {

/// How well the scores (the higher, the likelier bad) serve, by three measures that need not agree.
struct scores {
  double aucpr = 0;         ///< area under the precision-recall curve of the bad loans
  double dollars_lost = 0;  ///< average a application, in the data's own currency
  double accuracy = 0;      ///< share of right decisions
};

/// What a wrong decision costs, as a share of the amount: an assumption of this example.
inline constexpr double lost_on_a_bad_loan = 0.60;    ///< approved, and not paid back
inline constexpr double missed_on_a_good_one = 0.15;  ///< declined, though it would have earned this much

/// An application is declined when its score is at least `threshold`.
scores judge(const std::vector<float>& score, const applications& truth, double threshold);

/// Average precision: the mean precision at the bad loans, equal scores taken together.
double average_precision(const std::vector<float>& score, const std::vector<float>& bad);

}  // namespace loans
