#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "core/space.hpp"
#include "loans/training.hpp"

/// The credit model of examples/loans as its job files run it.
namespace vilfredo::bench {

inline loans::parameters loan_parameters(const space& domain, const assignments& x) {
  loans::parameters out;
  for (const auto& [name, value] : domain.name(x)) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const double v = whole ? static_cast<double>(*whole) : std::get<double>(value);
    if (name == "num_leaves") out.num_leaves = static_cast<int>(v);
    if (name == "learning_rate") out.learning_rate = v;
    if (name == "num_rounds") out.num_rounds = static_cast<int>(v);
    if (name == "min_child_weight") out.min_child_weight = v;
    if (name == "subsample") out.subsample = v;
    if (name == "colsample") out.colsample = v;
    if (name == "lambda_l2") out.lambda_l2 = v;
    if (name == "log_scale_pos_weight") out.log_scale_pos_weight = v;
    if (name == "amount_weight") out.amount_weight = v;
    if (name == "threshold") out.threshold = v;
  }
  return out;
}

/// `root` is the project's folder.
inline loans::split loan_applications(const std::string& root) {
  constexpr int division = 7;  // of the rows into training and validation
  return loans::divide(loans::read_applications(root + "/examples/loans/data/loan_credit_data.csv"), division);
}

}  // namespace vilfredo::bench
