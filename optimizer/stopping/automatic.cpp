#include "optimizer/stopping/automatic.hpp"

#include <algorithm>
#include <cmath>

#include "core/pareto.hpp"
#include "core/random.hpp"
#include "core/text.hpp"

namespace vilfredo::stopping {

namespace {

std::size_t dominators(const std::vector<std::vector<double>>& of, const std::vector<double>& x) {
  return static_cast<std::size_t>(std::ranges::count_if(of, [&](const auto& y) { return dominates(y, x); }));
}

/// Whether a report is its curve's first in an octave.
bool first_in_octave(const curve& x, std::size_t row) {
  return x.step(row) > 0 && (row == 0 || x.step(row - 1) <= 0 || std::ilogb(x.step(row - 1)) < std::ilogb(x.step(row)));
}

}  // namespace

automatic::marks automatic::marks_of(const curve& x) const {
  marks out;
  for (std::size_t row = 0; row < x.rows(); ++row)
    if (first_in_octave(x, row))
      if (auto here = losses_in(x, row, metrics_)) out.emplace(std::ilogb(x.step(row)), *std::move(here));
  return out;
}

bool automatic::scout(trial_id trial, std::size_t one_in) const {
  return options_.scouts > 0 && derive_seed(1, trial.number) % std::min(one_in, options_.scouts) == 0;
}

bool automatic::opening_is_over() const { return lengths_.size() >= smallest_elite; }

void automatic::reported(trial_id trial, const curve& x, std::size_t row) {
  if (opening_is_over() || !first_in_octave(x, row)) return;
  opening_.marked(trial, std::ilogb(x.step(row)), losses_in(x, row, metrics_));
}

void automatic::ended(trial_id trial, const curve& x, trial_state how) {
  if (x.empty() || how != trial_state::completed) return;
  // What was reported last stands for the end.
  auto last = losses_in(x, x.rows() - 1, metrics_);
  if (!last) return;
  limits_.clear();
  lengths_.insert(x.step(x.rows() - 1));
  if (opening_is_over()) opening_.forget();
  auto mine = marks_of(x);
  const auto hash = derive_seed(2, trial.number);
  if (sample_.size() < sample_size || hash < std::prev(sample_.end())->first) {
    sample_.emplace(hash, mine);
    if (sample_.size() > sample_size) sample_.erase(std::prev(sample_.end()));
    censuses_.clear();
  }
  marks_.emplace(trial.number, std::move(mine));
  for (auto key : leaders_.insert(trial.number, *std::move(last))) marks_.erase(key);
  auto elite = leaders_.best(std::clamp(lengths_.size() / 3, smallest_elite, largest_elite));
  if (elite == elite_) return;
  elite_ = std::move(elite);
  censuses_.clear();
}

automatic::census automatic::census_of(int octave) const {
  census out;
  for (auto key : elite_)
    if (auto mark = marks_.at(key).find(octave); mark != marks_.at(key).end()) out.elite.push_back(mark->second);
  out.of_elite.resize(out.elite.size() + 1);
  out.of_sample.resize(out.elite.size() + 1);
  for (const auto& e : out.elite) ++out.of_elite[dominators(out.elite, e)];
  for (const auto& [hash, of] : sample_)
    if (auto mark = of.find(octave); mark != of.end()) {
      ++out.of_sample[dominators(out.elite, mark->second)];
      ++out.reached;
    }
  return out;
}

std::optional<std::size_t> automatic::limit_in(int octave) const {
  const double left = 1 - std::ldexp(1, octave) / lengths_.quantile(0.5);
  if (!(left > 0)) return std::nullopt;
  const auto [known, fresh] = censuses_.try_emplace(octave);
  if (fresh) known->second = census_of(octave);
  const auto& all = known->second;
  const auto m = all.elite.size();
  if (m < smallest_elite || all.reached == 0) return std::nullopt;
  std::optional<std::size_t> out;
  double best = least_gain, beyond = 0, stopped = 0;
  for (std::size_t t = m; t-- > 0;) {
    beyond += all.of_elite[t + 1];
    stopped += all.of_sample[t + 1];
    const double lost = (1 + beyond) / static_cast<double>(m + 1);
    if (beyond > 0 && lost > most_lost) break;
    const double gain = (1 - lost) / (1 - left * stopped / all.reached);
    if (!(gain > best)) continue;
    best = gain;
    out = t;
  }
  return out;
}

std::optional<std::string> automatic::judge(trial_id trial, const curve& x, std::size_t row) const {
  if (!first_in_octave(x, row)) return std::nullopt;
  if (lengths_.size() < options_.min_trials) return std::nullopt;
  if (scout(trial, opening_is_over() ? options_.scouts : early_scouts)) return std::nullopt;
  const auto mine = losses_in(x, row, metrics_);
  if (!mine) return std::nullopt;
  const int octave = std::ilogb(x.step(row));
  if (!opening_is_over()) return opening_.judge(trial, octave, *mine);
  const auto [known, fresh] = limits_.try_emplace(octave);
  if (fresh) known->second = limit_in(octave);
  const auto& most = known->second;
  if (!most) return std::nullopt;
  const auto& elite = censuses_.at(octave).elite;
  const auto better = dominators(elite, *mine);
  if (better <= *most) return std::nullopt;
  return std::to_string(better) + " of the " + std::to_string(elite.size()) +
         " best completed trials were better at step " + text::number(x.step(row)) + "; at most " +
         std::to_string(*most) + " may be";
}

}  // namespace vilfredo::stopping
