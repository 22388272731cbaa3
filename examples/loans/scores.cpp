#include "loans/scores.hpp"

#include <algorithm>
#include <numeric>

namespace loans {

double average_precision(const std::vector<float>& score, const std::vector<float>& bad) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](auto a, auto b) { return score[a] > score[b]; });
  double found = 0, sum = 0;
  for (std::size_t i = 0; i < order.size();) {
    double found_here = 0;
    auto next = i;
    for (; next < order.size() && score[order[next]] == score[order[i]]; ++next)
      found_here += static_cast<double>(bad[order[next]]);
    found += found_here;
    sum += found_here * found / static_cast<double>(next);
    i = next;
  }
  return found > 0 ? sum / found : 0;
}

scores judge(const std::vector<float>& score, const applications& truth, double threshold) {
  double lost = 0, right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool bad = truth.bad[i] > 0.5F;
    const bool declined = static_cast<double>(score[i]) >= threshold;
    if (bad == declined)
      right += 1;
    else
      lost += truth.amount[i] * (bad ? lost_on_a_bad_loan : missed_on_a_good_one);
  }
  const auto n = static_cast<double>(truth.size());
  return {average_precision(score, truth.bad), lost / n, right / n};
}

}  // namespace loans
