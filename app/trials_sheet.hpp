#pragma once
#include <optional>
#include <string>

#include "app/sheet.hpp"
#include "core/ledger.hpp"

namespace vilfredo::app {

/// A metric's value, an assignment or a time as a cell; what is absent or not finite is null.
nlohmann::ordered_json cell(double x);
nlohmann::ordered_json cell(const parameter_value& x);
nlohmann::ordered_json time_cell(time_point x);

/// All trials of an experiment in the order they were made, then observations that came without one.
struct trials_choice {
  std::optional<trial_state> only;
  bool everything = false;  ///< worker, attempts, times and standard deviations, too
};
sheet trials_sheet(const ledger& book, const trials_choice& which = {});

/// The Pareto front, best by the first optimized metric first; with one such metric, the best trials; with constraints
/// alone, all that meet them, by the first of these.
sheet front_sheet(const ledger& book);
/// What the front is called when it has so many trials; `of_one` where one metric is optimized.
std::string front_title(const ledger& book, std::size_t trials, const std::string& of_one);
/// A row for each optimized metric: the observation that is best by it.
sheet best_sheet(const ledger& book);

}  // namespace vilfredo::app
