#include "optimizer/bayes/kernel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

// Notation: d dimensions; c ≥ d columns of an encoded configuration [c], one a number or category, two a number under
// conditions; r² the square distance of two rows, each column's over the square of its length scale.
// Matérn 5/2 (Rasmussen & Williams 2006, equation 4.17): with t = √5 r,
//   M = (1 + t + t²/3) exp(−t),  dM/d(r²) = −5/6 (1 + t) exp(−t).

namespace vilfredo {

namespace {

constexpr double radius = 2 / std::numbers::pi;  // of a circle whose quarter is as long as the unit interval
constexpr double quarter = std::numbers::pi / 2;

/// Of the cheapest task from the full trial. Little, by the prior of length scales: whoever names a task knows that it
/// tells something, and the first few full trials hardly say how much.
constexpr double tasks_apart = 0.125;

}  // namespace

encoding::encoding(const space& domain, const std::vector<task>& tasks)
    : domain_(&domain), of_dimension_(domain.size() + 1) {
  std::vector<column> categories;
  for (std::size_t i = 0; i < domain.size(); ++i) {
    const auto& p = domain.dimensions()[i];
    if (!varies(p)) continue;
    const auto scale = scales_++;
    using enum column::part;
    if (p.type == parameter_type::categorical) {
      categories.push_back({i, scale, true, plain});
    } else if (p.conditions.empty()) {
      warped_.push_back(columns_.size());
      columns_.push_back({i, scale, false, plain});
    } else {
      columns_.push_back({i, scale, false, cosine});
      columns_.push_back({i, scale, false, sine});
    }
  }
  if (!tasks.empty()) {
    const double least = std::ranges::min_element(tasks, {}, &task::cost)->cost;
    for (const auto& t : tasks) levels_.push_back(tasks_apart * std::log(t.cost) / std::log(least));
    columns_.push_back({domain.size(), scales_++, false, column::part::plain});  // no dimension of the space's
  }
  numbers_ = columns_.size();
  columns_.insert(columns_.end(), categories.begin(), categories.end());
  for (std::size_t c = 0; c < columns_.size(); ++c) of_dimension_[columns_[c].dimension].push_back(c);
}

Eigen::VectorXd encoding::encode(const assignments& x, std::optional<task_index> task) const {
  Eigen::VectorXd row = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(columns_.size()));
  if (!levels_.empty()) row[static_cast<Eigen::Index>(numbers_) - 1] = task ? levels_[*task] : 0;
  for (std::size_t i = 0; i < domain_->size(); ++i) {
    if (of_dimension_[i].empty()) continue;
    const auto first = static_cast<Eigen::Index>(of_dimension_[i][0]);
    if (columns_[of_dimension_[i][0]].category)
      row[first] = std::isnan(x.values[i]) ? -1 : x.values[i];
    else if (!std::isnan(x.values[i]))
      place(i, domain_->to_unit(i, x.values[i]), row);
  }
  return row;
}

double encoding::unlikeness(const Eigen::VectorXd& a, const Eigen::VectorXd& b) const {
  const auto numbers = static_cast<Eigen::Index>(numbers_), categories = a.size() - numbers;
  const auto differ = (a.tail(categories).array() != b.tail(categories).array()).count();
  return std::sqrt((a - b).head(numbers).squaredNorm() + static_cast<double>(differ));
}

void encoding::place(std::size_t dimension, double u, Eigen::VectorXd& row) const {
  for (auto c : of_dimension_[dimension]) {
    auto& value = row[static_cast<Eigen::Index>(c)];
    switch (columns_[c].form) {
    case column::part::plain: value = u; break;
    case column::part::cosine: value = radius * std::cos(quarter * u); break;
    case column::part::sine: value = radius * std::sin(quarter * u); break;
    }
  }
}

double encoding::pull_back(std::size_t dimension, double u, const Eigen::VectorXd& gradient) const {
  double sum = 0;
  for (auto c : of_dimension_[dimension]) {
    const double slope = gradient[static_cast<Eigen::Index>(c)];
    switch (columns_[c].form) {
    case column::part::plain: sum += slope; break;
    case column::part::cosine: sum -= slope * std::sin(quarter * u); break;
    case column::part::sine: sum += slope * std::cos(quarter * u); break;
    }
  }
  return sum;
}

void matern(const Eigen::ArrayXd& square_distance, Eigen::ArrayXd& value, Eigen::ArrayXd& slope) {
  const Eigen::ArrayXd t = (5 * square_distance).sqrt();
  slope = (-t).exp();
  value = (1 + t + t.square() / 3) * slope;
  slope *= -5.0 / 6 * (1 + t);
}

void matern(const Eigen::ArrayXd& square_distance, Eigen::ArrayXd& value) {
  const Eigen::ArrayXd t = (5 * square_distance).sqrt();
  value = (1 + t + t.square() / 3) * (-t).exp();
}

}  // namespace vilfredo
