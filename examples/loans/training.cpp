#include "loans/training.hpp"

#include <cmath>
#include <numeric>
#include <sstream>

#include "loans/booster.hpp"

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

scores train(const parameters& x, const split& data, const std::function<void(int, const scores&)>& report) {
  const matrix train(data.train, weights(data.train, x.amount_weight));
  const matrix validation(data.validation);
  booster trees({&train, &validation});
  trees.set("verbosity", "0");
  trees.set("nthread", "1");
  trees.set("seed", std::to_string(x.seed));
  trees.set("objective", "binary:logistic");
  trees.set("tree_method", "hist");
  trees.set("grow_policy", "lossguide");
  trees.set("max_depth", "0");
  trees.set("max_bin", "64");  // plenty for a few thousand rows, and quicker than the usual 256
  trees.set("max_leaves", std::to_string(x.num_leaves));
  trees.set("eta", exact(x.learning_rate));
  trees.set("min_child_weight", exact(x.min_child_weight));
  trees.set("subsample", exact(x.subsample));
  trees.set("colsample_bytree", exact(x.colsample));
  trees.set("lambda", exact(x.lambda_l2));
  trees.set("scale_pos_weight", exact(std::exp(x.log_scale_pos_weight)));

  scores now;
  for (int round = 0; round < x.num_rounds; ++round) {
    trees.boost(round, train);
    const bool last = round + 1 == x.num_rounds;
    if ((round + 1) % rounds_a_step != 0 && !last) continue;
    now = judge(trees.predict(validation), data.validation, x.threshold);
    report(round / rounds_a_step + 1, now);
  }
  return now;
}

}  // namespace loans
