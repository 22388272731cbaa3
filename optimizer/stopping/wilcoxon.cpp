#include "optimizer/stopping/wilcoxon.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <vector>

#include "core/text.hpp"

namespace vilfredo::stopping {

namespace {

constexpr std::size_t exact_up_to = 16;

/// The chance of a sum of at least `least` when each rank counts with even odds; ranks and sum in halves.
double exact_tail(const std::vector<std::size_t>& halves, std::size_t least) {
  std::vector<double> chance{1};
  for (auto r : halves) {
    std::vector<double> next(chance.size() + r);
    for (std::size_t s = 0; s < chance.size(); ++s) {
      next[s] += chance[s] / 2;
      next[s + r] += chance[s] / 2;
    }
    chance = std::move(next);
  }
  double out = 0;
  for (std::size_t s = least; s < chance.size(); ++s) out += chance[s];
  return out;
}

}  // namespace

double signed_rank_p(std::span<const double> differences) {
  std::vector<double> d(differences.begin(), differences.end());
  std::ranges::sort(d, {}, [](double x) { return std::fabs(x); });
  std::vector<std::size_t> halves;
  std::size_t sum = 0;
  for (std::size_t first = 0; first < d.size();) {
    auto end = first + 1;
    while (end < d.size() && std::fabs(d[end]) == std::fabs(d[first])) ++end;
    for (auto i = first; i < end && d[i] != 0; ++i) {
      halves.push_back(first + 1 + end);  // twice the mean of the ranks first + 1, …, end
      if (d[i] > 0) sum += halves.back();
    }
    first = end;
  }
  if (halves.empty()) return 1;
  if (d.size() <= exact_up_to) return exact_tail(halves, sum);
  double mean = 0, squares = 0;
  for (auto h : halves) {
    const double r = static_cast<double>(h) / 2;
    mean += r / 2;
    squares += r * r / 4;
  }
  const double z = (static_cast<double>(sum) / 2 - mean - 0.5) / std::sqrt(squares);
  return std::erfc(z / std::sqrt(2.0)) / 2;
}

void wilcoxon::ended(trial_id trial, const curve& x, trial_state how) {
  if (how != trial_state::completed) return;
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < x.rows(); ++row)
    if (const double loss = x.loss(row, options_.metric); !std::isnan(loss)) {
      sum += loss;
      ++count;
    }
  if (count < options_.min_instances) return;
  const double mean = sum / static_cast<double>(count);
  if (!best_ || std::tuple(mean, trial) < std::tuple(best_->mean, best_->trial)) best_ = {mean, trial, x};
}

std::optional<std::string> wilcoxon::judge(trial_id, const curve& x, std::size_t) const {
  const auto seen = x.rows();
  if (!best_ || (seen > 64 && seen % (std::bit_floor(seen) / 32) != 0)) return std::nullopt;
  std::vector<double> differences;
  double sum = 0;
  for (std::size_t mine = 0, theirs = 0; mine < seen && theirs < best_->x.rows();) {
    if (x.step(mine) < best_->x.step(theirs)) {
      ++mine;
    } else if (x.step(mine) > best_->x.step(theirs)) {
      ++theirs;
    } else {
      const double a = x.loss(mine++, options_.metric), b = best_->x.loss(theirs++, options_.metric);
      if (std::isnan(a) || std::isnan(b)) continue;
      differences.push_back(a == b ? 0 : a - b);  // infinities may be equal
      sum += differences.back();
    }
  }
  if (differences.size() < options_.min_instances || !(sum > 0)) return std::nullopt;
  const double p = signed_rank_p(differences);
  if (!(p < options_.p_threshold)) return std::nullopt;
  return "over " + std::to_string(differences.size()) + " instances it is worse than trial " +
         std::to_string(best_->trial.number) +
         ", the best so far (signed-rank test, p = " + text::number(std::round(1e4 * p) / 1e4) + ")";
}

}  // namespace vilfredo::stopping
