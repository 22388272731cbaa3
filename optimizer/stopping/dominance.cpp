#include "optimizer/stopping/dominance.hpp"

#include <cmath>
#include <iterator>

#include "core/pareto.hpp"
#include "core/text.hpp"
#include "optimizer/stopping/cells.hpp"

namespace vilfredo::stopping {

std::optional<std::vector<double>> dominance::bests_in(const curve& x, std::size_t row) const {
  std::vector<double> out;
  for (auto m : options_.metrics) {
    out.push_back(x.best(row, m));
    if (std::isnan(out.back())) return std::nullopt;
  }
  return out;
}

void dominance::ended(trial_id, const curve& x, trial_state how) {
  if (how != trial_state::completed) return;
  for (std::size_t row = 0; row < x.rows(); ++row) {
    if (!first_in_cell(x, row)) continue;
    auto bests = bests_in(x, row);
    if (!bests) continue;
    auto& here = columns_[cell_of(x.step(row))];
    here.bests.resize(bests->size());
    for (std::size_t i = 0; i < bests->size(); ++i) here.bests[i].insert((*bests)[i]);
    here.front.insert(*std::move(bests));
  }
}

std::optional<std::string> dominance::judge(trial_id, const curve& x, std::size_t row) const {
  if (!first_in_cell(x, row) || x.step(row) < options_.warmup_steps) return std::nullopt;
  const auto mine = bests_in(x, row);
  // Those who report at other steps are compared at their last one before.
  const auto after = columns_.upper_bound(cell_of(x.step(row)));
  if (!mine || after == columns_.begin()) return std::nullopt;
  const auto& here = std::prev(after)->second;
  const auto others = here.bests[0].size();
  if (others < options_.min_trials) return std::nullopt;
  std::vector<double> medians;
  for (const auto& b : here.bests) medians.push_back(b.quantile(0.5));
  if (!dominates(medians, *mine)) return std::nullopt;
  if (!here.front.dominates(*mine)) return std::nullopt;
  return "its best up to step " + text::number(x.step(row)) + (medians.size() > 1 ? " are in all metrics" : " is") +
         " behind the median of what " + std::to_string(others) + " completed trials had reached by then";
}

}  // namespace vilfredo::stopping
