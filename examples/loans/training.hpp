#pragma once
#include <functional>

#include "loans/applications.hpp"
#include "loans/scores.hpp"

namespace loans {

/// What is tuned, named as LightGBM names it; XGBoost grows its trees the same way here, best leaf first over
/// histograms.
struct parameters {
  int num_leaves = 31;  ///< a tree's leaves, at most
  double learning_rate = 0.1;
  int num_rounds = 100;             ///< trees
  double min_child_weight = 1;      ///< least sum of second derivatives in a leaf
  double subsample = 1;             ///< share of the rows a tree sees
  double colsample = 1;             ///< share of the columns a tree sees
  double lambda_l2 = 1;             ///< pull of the leaves towards zero
  double log_scale_pos_weight = 0;  ///< natural logarithm of how much more a bad loan weighs than a good one
  double amount_weight = 0;         ///< a loan weighs (amount / mean amount) to this power
  double threshold = 0.5;           ///< decline when the score is at least this
  int seed = 1;                     ///< of the draws of rows and columns
};

inline constexpr int rounds_a_step = 10;

/// Trains on one part, calls `report` with the scores on the other after every ten rounds and after the last one, and
/// returns these. One thread; the same arguments give the same scores.
scores train(const parameters& x, const split& data, const std::function<void(int step, const scores&)>& report);

}  // namespace loans
