#include "optimizer/numeric/quasi_newton.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <Eigen/Core>

// Notation: x the point [n]; g the gradient [n]; d the direction [n]; s = x⁺ − x, y = g⁺ − g the pairs of the last
// steps [n]; ρ = 1 / yᵀs; free coordinates are those that may move against the gradient.

namespace vilfredo {

namespace {

using Eigen::VectorXd;

constexpr std::size_t memory = 10;
constexpr double enough = 1e-4;  // of the decrease that the gradient promises (Armijo)
constexpr int most_halvings = 25;

struct pair_of_steps {
  VectorXd s, y;
};

class search {
public:
  search(const smooth_function& f, std::vector<double> start, const box& bounds, const quasi_newton_limits& limits)
      : f_(f), limits_(limits) {
    const auto n = static_cast<Eigen::Index>(start.size());
    lower_ = VectorXd::Map(bounds.lower.data(), n);
    upper_ = VectorXd::Map(bounds.upper.data(), n);
    x_ = projected(VectorXd::Map(start.data(), n));
    value_ = evaluate(x_, g_);
  }

  minimum run() {
    while (std::isfinite(value_) && used_ < limits_.evaluations && g_.allFinite()) {
      const VectorXd free = freedom();
      if (!((free.array() * g_.array()).abs().maxCoeff() > limits_.gradient)) break;
      const double before = value_;
      if (!step(free)) {
        if (pairs_.empty()) break;
        pairs_.clear();  // once more along the gradient
        continue;
      }
      if (before - value_ <= limits_.progress * std::max(1.0, std::abs(value_))) break;
    }
    return {{x_.data(), x_.data() + x_.size()}, value_, used_};
  }

private:
  VectorXd projected(const VectorXd& x) const { return x.cwiseMax(lower_).cwiseMin(upper_); }

  double evaluate(const VectorXd& x, VectorXd& gradient) {
    ++used_;
    gradient.setZero(x.size());
    const auto n = static_cast<std::size_t>(x.size());
    return f_({x.data(), n}, {gradient.data(), n});
  }

  /// 1 where the coordinate may move against the gradient, 0 where a bound holds it.
  VectorXd freedom() const {
    VectorXd out(x_.size());
    for (Eigen::Index i = 0; i < x_.size(); ++i)
      out[i] = (x_[i] <= lower_[i] && g_[i] > 0) || (x_[i] >= upper_[i] && g_[i] < 0) ? 0 : 1;
    return out;
  }

  VectorXd direction(const VectorXd& free) const {
    VectorXd d = -(free.array() * g_.array()).matrix();
    std::vector<double> weight(pairs_.size(), 0.0);
    double scale = 0;
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      const VectorXd s = free.cwiseProduct(pairs_[i].s), y = free.cwiseProduct(pairs_[i].y);
      const double curvature = s.dot(y);
      if (!(curvature > 1e-12 * s.norm() * y.norm())) continue;
      if (scale == 0) scale = curvature / y.squaredNorm();
      weight[i] = s.dot(d) / curvature;
      d -= weight[i] * y;
    }
    if (scale == 0) return d;
    d *= scale;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const VectorXd s = free.cwiseProduct(pairs_[i].s), y = free.cwiseProduct(pairs_[i].y);
      const double curvature = s.dot(y);
      if (!(curvature > 1e-12 * s.norm() * y.norm())) continue;
      d += (weight[i] - y.dot(d) / curvature) * s;
    }
    return d;
  }

  bool step(const VectorXd& free) {
    VectorXd d = direction(free);
    if (!d.allFinite() || !(d.dot(g_) < 0)) {
      pairs_.clear();
      d = -(free.array() * g_.array()).matrix();
    }
    double length = 1;
    if (pairs_.empty()) {
      // Nothing is known of the curvature: a step of a tenth of the box, or the gradient where that is shorter.
      const double reach = 0.1 * (upper_ - lower_).maxCoeff(), steep = d.cwiseAbs().maxCoeff();
      if (steep > reach) length = reach / steep;
    }
    for (int i = 0; i < most_halvings && used_ < limits_.evaluations; ++i) {
      const VectorXd next = projected(x_ + length * d);
      const double promised = g_.dot(next - x_);
      if (!(promised < 0)) return false;
      VectorXd gradient;
      const double value = evaluate(next, gradient);
      if (std::isfinite(value) && gradient.allFinite() && value <= value_ + enough * promised) {
        remember(next - x_, gradient - g_);
        x_ = next;
        g_ = std::move(gradient);
        value_ = value;
        return true;
      }
      // The minimum of the parabola through what is known of the path, within a tenth and a half of the step.
      const double parabola = std::isfinite(value) ? -0.5 * promised / (value - value_ - promised) : 0.1;
      length *= std::clamp(parabola, 0.1, 0.5);
    }
    return false;
  }

  void remember(VectorXd s, VectorXd y) {
    if (!(s.dot(y) > 1e-12 * s.norm() * y.norm())) return;
    if (pairs_.size() == memory) pairs_.pop_front();
    pairs_.push_back({std::move(s), std::move(y)});
  }

  const smooth_function& f_;
  quasi_newton_limits limits_;
  VectorXd lower_, upper_, x_, g_;
  double value_ = 0;
  std::size_t used_ = 0;
  std::deque<pair_of_steps> pairs_;
};

}  // namespace

minimum minimize_in_box(const smooth_function& f, std::vector<double> start, const box& bounds,
                        const quasi_newton_limits& limits) {
  if (start.empty()) {
    const double value = f({}, {});
    return {{}, value, 1};
  }
  return search(f, std::move(start), bounds, limits).run();
}

}  // namespace vilfredo
