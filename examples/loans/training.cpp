#include "loans/training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

namespace loans {

namespace {

std::string exact(double x) {
  std::ostringstream out;
  out.precision(17);
  out << x;
  return out.str();
}

std::vector<float> weights(const applications& rows, double power) {
  const double mean = std::accumulate(rows.amount.begin(), rows.amount.end(), 0.0) / static_cast<double>(rows.size());
  std::vector<float> out;
  for (double amount : rows.amount) out.push_back(static_cast<float>(std::pow(amount / mean, power)));
  return out;
}

}  // namespace

training::training(const parameters& x, const split& data)
    : data_(data),
      threshold_(x.threshold),
      rounds_(x.num_rounds),
      train_(data.train, weights(data.train, x.amount_weight)),
      validation_(data.validation),
      trees_({&train_, &validation_}) {
  trees_.set("verbosity", "0");
  trees_.set("nthread", "1");
  trees_.set("seed", std::to_string(x.seed));
  trees_.set("objective", "binary:logistic");
  trees_.set("tree_method", "hist");
  trees_.set("grow_policy", "lossguide");
  trees_.set("max_depth", "0");
  trees_.set("max_bin", "64");  // plenty for a few thousand rows, and quicker than the usual 256
  trees_.set("max_leaves", std::to_string(x.num_leaves));
  trees_.set("eta", exact(x.learning_rate));
  trees_.set("min_child_weight", exact(x.min_child_weight));
  trees_.set("subsample", exact(x.subsample));
  trees_.set("colsample_bytree", exact(x.colsample));
  trees_.set("lambda", exact(x.lambda_l2));
  trees_.set("scale_pos_weight", exact(std::exp(x.log_scale_pos_weight)));
}

scores training::step() {
  for (int end = std::min(round_ + rounds_a_step, rounds_); round_ < end; ++round_) trees_.boost(round_, train_);
  return judge(trees_.predict(validation_), data_.validation, threshold_);
}

scores train(const parameters& x, const split& data, const std::function<void(int, const scores&)>& report) {
  training trees(x, data);
  scores now;
  for (int step = 1; !trees.over(); ++step) {
    now = trees.step();
    report(step, now);
  }
  return now;
}

}  // namespace loans
