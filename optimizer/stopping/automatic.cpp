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
  sample_.emplace(derive_seed(2, trial.number), mine);
  if (sample_.size() > sample_size) sample_.erase(std::prev(sample_.end()));
  marks_.emplace(trial.number, std::move(mine));
  for (auto key : leaders_.insert(trial.number, *std::move(last))) marks_.erase(key);
}

std::optional<automatic::limit> automatic::limit_in(int octave) const {
  const double left = 1 - std::ldexp(1, octave) / lengths_.quantile(0.5);
  if (!(left > 0)) return std::nullopt;
  limit out;
  for (auto key : leaders_.best(std::clamp(lengths_.size() / 3, smallest_elite, largest_elite)))
    if (auto mark = marks_.at(key).find(octave); mark != marks_.at(key).end()) out.elite.push_back(mark->second);
  const auto m = out.elite.size();
  if (m < smallest_elite) return std::nullopt;
  // By number of dominators: how many of the elite, and of the sample.
  std::vector<double> elite(m + 1), sample(m + 1);
  double reached = 0;
  for (const auto& e : out.elite) ++elite[dominators(out.elite, e)];
  for (const auto& [hash, of] : sample_)
    if (auto mark = of.find(octave); mark != of.end()) {
      ++sample[dominators(out.elite, mark->second)];
      ++reached;
    }
  if (reached == 0) return std::nullopt;
  double best = least_gain, beyond = 0, stopped = 0;
  bool worth_it = false;
  for (std::size_t t = m; t-- > 0;) {
    beyond += elite[t + 1];
    stopped += sample[t + 1];
    const double lost = (1 + beyond) / static_cast<double>(m + 1);
    if (beyond > 0 && lost > most_lost) break;
    const double gain = (1 - lost) / (1 - left * stopped / reached);
    if (!(gain > best)) continue;
    best = gain;
    out.dominators = t;
    worth_it = true;
  }
  if (!worth_it) return std::nullopt;
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
  const auto& at = known->second;
  if (!at) return std::nullopt;
  const auto better = dominators(at->elite, *mine);
  if (better <= at->dominators) return std::nullopt;
  return std::to_string(better) + " of the " + std::to_string(at->elite.size()) +
         " best completed trials were better at step " + text::number(x.step(row)) + "; at most " +
         std::to_string(at->dominators) + " may be";
}

}  // namespace vilfredo::stopping
