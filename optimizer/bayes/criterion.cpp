#include "optimizer/bayes/criterion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/pareto.hpp"

namespace vilfredo {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// More would cost more than they tell: the boxes of four objectives grow with the square.
constexpr std::size_t most_front[] = {0, 1, 200, 60, 24};

std::vector<std::vector<double>> front_of(const std::vector<std::vector<double>>& all,
                                          const std::vector<double>& reference) {
  pareto_front front;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool inside = true;
    for (std::size_t k = 0; k < reference.size(); ++k) inside = inside && all[i][k] < reference[k];
    if (inside) front.insert(i, all[i]);
  }
  std::vector<std::vector<double>> out;
  for (const auto& member : front.members()) out.push_back(member.values);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  const std::size_t most = most_front[reference.size()];
  if (out.size() <= most) return out;
  // Evenly spread along the first objective.
  std::vector<std::vector<double>> some;
  for (std::size_t k = 0; k < most; ++k) some.push_back(out[k * (out.size() - 1) / (most - 1)]);
  return some;
}

}  // namespace

criterion::criterion(parts x) : x_(std::move(x)) { set_goal(); }

void criterion::set_goal() {
  if (x_.objectives.size() > 1) {
    volume_.emplace(undominated_cells(front_of(x_.known, x_.reference), x_.reference));
    return;
  }
  target_ = std::numeric_limits<double>::infinity();
  for (const auto& y : x_.known) target_ = std::min(target_, y[0]);
}

double criterion::combine(std::span<const belief> beliefs, double target, belief_slopes* slopes) const {
  const std::size_t m = x_.objectives.size();
  if (slopes) {
    slopes->mean.assign(beliefs.size(), 0.0);
    slopes->deviation.assign(beliefs.size(), 0.0);
  }
  double sum = 0;
  if (volume_) {
    belief_slopes inner;
    sum += volume_->log_value(beliefs.first(m), slopes ? &inner : nullptr);
    if (slopes) {
      std::ranges::copy(inner.mean, slopes->mean.begin());
      std::ranges::copy(inner.deviation, slopes->deviation.begin());
    }
  } else if (x_.improves) {
    sum += log_expected_improvement(beliefs[0], target, slopes ? &slopes->mean[0] : nullptr,
                                    slopes ? &slopes->deviation[0] : nullptr);
  }
  for (std::size_t i = 0; i < x_.limits.size(); ++i) {
    const auto worth = x_.limits[i].approached ? log_expected_improvement : log_probability_below;
    sum += worth(beliefs[m + i], x_.limits[i].limit, slopes ? &slopes->mean[m + i] : nullptr,
                 slopes ? &slopes->deviation[m + i] : nullptr);
  }
  if (x_.cost) {
    sum -= x_.cost->unit * beliefs.back().mean;
    if (slopes) slopes->mean.back() = -x_.cost->unit;
  }
  return sum;
}

/// In the order of the beliefs: objectives, limits, cost.
std::vector<const gaussian_process*> criterion::models() const {
  std::vector<const gaussian_process*> out;
  for (const auto& model : x_.objectives) out.push_back(&model);
  for (const auto& limited : x_.limits) out.push_back(&limited.model);
  if (x_.cost) out.push_back(&x_.cost->model);
  return out;
}

double criterion::value(const VectorXd& row) const {
  std::vector<belief> beliefs;
  for (const auto* model : models()) beliefs.push_back(model->at(row));
  return combine(beliefs, target_at(row), nullptr);
}

double criterion::value(const VectorXd& row, VectorXd& gradient) const {
  std::vector<belief> beliefs;
  const auto all = models();
  std::vector<belief_gradient> gradients(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) beliefs.push_back(all[i]->at(row, gradients[i]));
  belief_slopes slopes;
  const double out = combine(beliefs, target_at(row), &slopes);
  gradient.setZero(row.size());
  for (std::size_t i = 0; i < gradients.size(); ++i)
    gradient += slopes.mean[i] * gradients[i].mean + slopes.deviation[i] * gradients[i].deviation;
  return out;
}

criterion::pool criterion::look_at(const MatrixXd& rows) const {
  pool out{rows, {}};
  for (const auto* model : models()) out.beliefs.push_back(model->at_all(rows));
  return out;
}

VectorXd criterion::values(pool& those) const {
  const auto all = models();
  for (std::size_t i = 0; i < all.size(); ++i) all[i]->refresh(those.beliefs[i]);
  const Index n = those.beliefs.empty() ? 0 : those.beliefs[0].mean.size();
  VectorXd out(n);
  std::vector<belief> beliefs(those.beliefs.size());
  for (Index i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < beliefs.size(); ++k)
      beliefs[k] = {those.beliefs[k].mean[i], std::sqrt(those.beliefs[k].variance[i])};
    out[i] = combine(beliefs, target_at(those.rows.row(i).transpose()), nullptr);
  }
  return out;
}

void criterion::believe(const VectorXd& row, bool full) {
  std::vector<double> expected;
  for (auto& model : x_.objectives) {
    expected.push_back(model.at(row).mean);
    model.believe(row);
  }
  double log_feasible = 0;
  for (auto& limited : x_.limits) {
    log_feasible += log_probability_below(limited.model.at(row), limited.limit);
    limited.model.believe(row);
  }
  if (!full || x_.objectives.empty() || log_feasible < std::log(0.5)) return;
  if (x_.several) x_.several->add(row, expected[0]);
  x_.known.push_back(std::move(expected));
  set_goal();
}

}  // namespace vilfredo
