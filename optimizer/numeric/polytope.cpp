#include "optimizer/numeric/polytope.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <Eigen/QR>
#include <limits>

// Notation: x the point [n]; g the gradient [n]; N the normals of the half-spaces whose edge holds x, as columns [n ×
// k]; λ their multipliers, the least-squares solution of N λ = −g [k]; P = I − N N⁺ the projection on the face [n × n];
// s, y pairs of steps and gradient changes within the face [n].

namespace vilfredo {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double on_edge = 1e-10;  // slack, of a normal's length, at which a half-space holds
constexpr std::size_t memory = 8;
constexpr double enough = 1e-4;
constexpr int most_halvings = 25;

class search {
public:
  search(const smooth_function& f, std::vector<double> start, const polytope& within, const quasi_newton_limits& limits)
      : f_(f), within_(within), limits_(limits), x_(VectorXd::Map(start.data(), static_cast<Index>(start.size()))) {
    // Normals of length one, so that slacks are distances.
    for (Index i = 0; i < within_.limits.size(); ++i) {
      const double length = within_.normals.row(i).norm();
      if (!(length > 0)) continue;
      within_.normals.row(i) /= length;
      within_.limits[i] /= length;
    }
    value_ = evaluate(x_, g_);
  }

  minimum run() {
    while (std::isfinite(value_) && g_.allFinite() && used_ < limits_.evaluations) {
      const double before = value_;
      if (!step()) break;
      if (before - value_ <= limits_.progress * std::max(1.0, std::abs(value_)) && !blocked_) break;
    }
    return {{x_.data(), x_.data() + x_.size()}, value_, used_};
  }

private:
  double evaluate(const VectorXd& x, VectorXd& gradient) {
    ++used_;
    gradient.setZero(x.size());
    const auto n = static_cast<std::size_t>(x.size());
    return f_({x.data(), n}, {gradient.data(), n});
  }

  MatrixXd columns(const std::vector<Index>& active) const {
    MatrixXd out(x_.size(), static_cast<Index>(active.size()));
    for (std::size_t k = 0; k < active.size(); ++k)
      out.col(static_cast<Index>(k)) = within_.normals.row(active[k]).transpose();
    return out;
  }

  /// The half-spaces that hold the point and would be left along −g: those with negative multipliers let it go.
  std::vector<Index> holding() const {
    const VectorXd slack = within_.limits - within_.normals * x_;
    std::vector<Index> out;
    for (Index i = 0; i < slack.size(); ++i)
      if (slack[i] <= on_edge) out.push_back(i);
    while (!out.empty()) {
      const VectorXd multipliers = columns(out).completeOrthogonalDecomposition().solve(-g_);
      Index least = 0;
      if (multipliers.minCoeff(&least) >= 0) break;
      out.erase(out.begin() + least);
    }
    return out;
  }

  VectorXd direction(const MatrixXd& face) const {
    VectorXd d = -(face * g_);
    std::vector<double> weight(pairs_.size(), 0.0);
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      weight[i] = pairs_[i].s.dot(d) / pairs_[i].s.dot(pairs_[i].y);
      d -= weight[i] * pairs_[i].y;
    }
    if (!pairs_.empty()) d *= pairs_.back().s.dot(pairs_.back().y) / pairs_.back().y.squaredNorm();
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      d += (weight[i] - pairs_[i].y.dot(d) / pairs_[i].s.dot(pairs_[i].y)) * pairs_[i].s;
    return face * d;
  }

  bool step() {
    const auto active = holding();
    if (active != active_) pairs_.clear();
    active_ = active;
    MatrixXd face = MatrixXd::Identity(x_.size(), x_.size());
    if (!active.empty()) {
      const MatrixXd n = columns(active);
      face -= n * n.completeOrthogonalDecomposition().pseudoInverse();
    }
    if (!((face * g_).cwiseAbs().maxCoeff() > limits_.gradient)) return false;
    VectorXd d = direction(face);
    if (!d.allFinite() || !(d.dot(g_) < 0)) {
      pairs_.clear();
      d = -(face * g_);
    }
    // As far as the first half-space that is in the way.
    const VectorXd slack = within_.limits - within_.normals * x_, approach = within_.normals * d;
    double room = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < slack.size(); ++i) {
      if (std::ranges::find(active, i) != active.end() || !(approach[i] > 1e-14 * d.norm())) continue;
      room = std::min(room, std::max(slack[i], 0.0) / approach[i]);
    }
    if (room == 0) return retreat();
    double length = pairs_.empty() ? std::min(1.0, 0.1 / d.cwiseAbs().maxCoeff()) : 1.0;
    length = std::min(length, room);
    for (int i = 0; i < most_halvings && used_ < limits_.evaluations; ++i) {
      const VectorXd next = x_ + length * d;
      VectorXd gradient;
      const double value = evaluate(next, gradient);
      if (std::isfinite(value) && gradient.allFinite() && value <= value_ + enough * length * g_.dot(d)) {
        blocked_ = length == room;
        const VectorXd s = next - x_, y = face * (gradient - g_);
        if (s.dot(y) > 1e-12 * s.norm() * y.norm()) {
          if (pairs_.size() == memory) pairs_.pop_front();
          pairs_.push_back({s, y});
        }
        x_ = next;
        g_ = std::move(gradient);
        value_ = value;
        return true;
      }
      length /= 4;
    }
    return retreat();
  }

  /// Nothing gained along a direction of the model: once more along the gradient, then no more.
  bool retreat() {
    blocked_ = true;
    if (pairs_.empty()) return false;
    pairs_.clear();
    return true;
  }

  struct pair_of_steps {
    VectorXd s, y;
  };
  const smooth_function& f_;
  polytope within_;
  quasi_newton_limits limits_;
  VectorXd x_, g_;
  double value_ = 0;
  std::size_t used_ = 0;
  bool blocked_ = false;  // the last step ended at a half-space's edge: a small gain is no sign of the end
  std::vector<Index> active_;
  std::deque<pair_of_steps> pairs_;
};

}  // namespace

minimum minimize_in_polytope(const smooth_function& f, std::vector<double> start, const polytope& within,
                             const quasi_newton_limits& limits) {
  return search(f, std::move(start), within, limits).run();
}

}  // namespace vilfredo
