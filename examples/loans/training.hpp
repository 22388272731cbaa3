#pragma once
#include <functional>

#include "loans/applications.hpp"
#include "loans/booster.hpp"
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

/// Boosted trees that grow on one part of the data, a step at a time, and are judged on the other. One thread; the same
/// arguments give the same scores.
class training {
public:
  training(const parameters& x, const split& data);

  bool over() const { return round_ == rounds_; }
  /// Grows as many trees as a step has, or as are left, and returns the scores with them.
  scores step();

private:
  const split& data_;
  double threshold_;
  int rounds_, round_ = 0;
  matrix train_, validation_;
  booster trees_;
};

/// Trains to the end, calls `report` with the scores after every step, and returns the last.
scores train(const parameters& x, const split& data, const std::function<void(int step, const scores&)>& report);

}  // namespace loans
