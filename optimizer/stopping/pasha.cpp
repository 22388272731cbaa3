#include "optimizer/stopping/pasha.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace vilfredo::stopping {

namespace {

/// Whether two curves crossed at least twice. Where they are equal, or one is not known, nothing is seen.
bool cross_twice(const std::vector<double>& a, const std::vector<double>& b) {
  int side = 0, changes = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int now = a[i] < b[i] ? -1 : a[i] > b[i] ? 1 : 0;
    if (now == 0) continue;
    changes += side != 0 && now != side ? 1 : 0;
    side = now;
  }
  return changes > 1;
}

}  // namespace

double pasha::before(double level) const {
  double out = levels_.min_steps;
  for (double at = levels_.min_steps; at < level; at *= levels_.reduction_factor) out = at;
  return out;
}

void pasha::reported(trial_id trial, const curve& x, std::size_t row) {
  halving_.reported(trial, x, row);
  levels_.settled_by(x, row, [&](double level) {
    if (level == levels_.min_steps) return;
    auto& here = rungs_[level];
    here.stable.reset();
    if (const double* known = here.of.find(trial.number)) {
      here.members.erase({*known, trial.number});
      here.of.erase(trial.number);
    }
    const double loss = x.loss(row, metric_);
    member mine{x.loss(*x.first_from(before(level)), metric_), {}};
    if (std::isnan(loss) || std::isnan(mine.before)) return;
    for (std::size_t i = 1; i <= looks; ++i) {
      const double at = level * static_cast<double>(i) / static_cast<double>(looks);
      mine.looks.push_back(x.loss(*x.first_from(at), metric_));
    }
    here.of[trial.number] = loss;
    here.members.emplace(std::pair{loss, trial.number}, std::move(mine));
  });
}

bool pasha::is_stable(const rung& x) {
  std::vector<double> now, then;
  std::vector<const member*> best;
  for (const auto& [place, m] : x.members) {
    if (best.size() == compared) break;
    now.push_back(place.first);
    then.push_back(m.before);
    best.push_back(&m);
  }
  ranked noise;
  for (std::size_t i = 0; i < best.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (cross_twice(best[i]->looks, best[k]->looks) && std::isfinite(now[i])) noise.insert(now[i] - now[k]);
  const double epsilon = noise.empty() ? 0 : noise.quantile(0.9);
  auto sorted = then;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < then.size(); ++i)
    if (then[i] != sorted[i] && !(std::fabs(then[i] - sorted[i]) <= epsilon)) return false;
  return true;
}

std::optional<double> pasha::ceiling() const {
  for (double level = levels_.min_steps * levels_.reduction_factor;; level *= levels_.reduction_factor) {
    if (levels_.max_steps > 0 && level >= levels_.max_steps) return std::nullopt;
    const auto here = rungs_.find(level);
    if (here == rungs_.end()) return level;
    auto& stable = here->second.stable;
    if (!stable) stable = is_stable(here->second);
    if (*stable) return level;
  }
}

std::optional<std::string> pasha::judge(trial_id trial, const curve& x, std::size_t row) const {
  if (auto reason = halving_.judge(trial, x, row)) return reason;
  const auto top = ceiling();
  std::optional<std::string> out;
  if (!top) return out;
  levels_.settled_by(x, row, [&](double level) {
    const auto here = rungs_.find(level);
    if (level != *top || here == rungs_.end() || !here->second.of.contains(trial.number)) return;
    if (here->second.members.begin()->first.second == trial.number) return;
    out = "trials are ranked at step " + text::number(level) + " as at step " + text::number(before(level)) +
          ", so that only the best of the " + std::to_string(here->second.of.size()) + " there goes on";
  });
  return out;
}

}  // namespace vilfredo::stopping
