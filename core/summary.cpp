#include "core/summary.hpp"

#include <algorithm>
#include <cmath>

#include "core/hypervolume.hpp"

namespace vilfredo {

bool meets(const metric& m, double value) {
  if (!m.threshold) return true;
  return m.objective == objective::maximize ? value >= *m.threshold : value <= *m.threshold;
}

namespace {
double loss(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }
}  // namespace

summary::summary(const definition& x) : metrics_(x.metrics), optimized_(metrics_with(x, strategy::optimize)) {
  best_.resize(metrics_.size());
  totals_.resize(metrics_.size());
  worst_.assign(optimized_.size(), absent);
}

bool summary::eligible(const observation& x) const {
  if (!x.final()) return false;
  for (std::size_t i = 0; i < metrics_.size(); ++i)
    if (metrics_[i].strategy != strategy::store && !(std::isfinite(x.values[i]) && meets(metrics_[i], x.values[i])))
      return false;
  return true;
}

std::vector<double> summary::losses(const observation& x) const {
  std::vector<double> out;
  for (auto i : optimized_) out.push_back(loss(metrics_[i], x.values[i]));
  return out;
}

void summary::add(const observation& x) {
  ++count_;
  if (x.failed()) {
    ++failed_;
    return;
  }
  for (std::size_t i = 0; i < metrics_.size(); ++i)
    if (std::isfinite(x.values[i])) totals_[i] += x.values[i];
  if (!x.task) ++since_improvement_;
  if (x.stopped_at) {
    ++stopped_;
    return;
  }
  if (x.task) return;
  auto point = losses(x);
  for (std::size_t i = 0; i < point.size(); ++i)
    if (std::isfinite(point[i]) && !(point[i] <= worst_[i])) worst_[i] = point[i];
  if (!eligible(x)) {
    ++ineligible_;
    return;
  }
  bool better = optimized_.empty();
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    if (metrics_[i].strategy == strategy::store) continue;
    if (!best_[i] || loss(metrics_[i], x.values[i]) < loss(metrics_[i], best_[i]->value)) {
      better = better || metrics_[i].strategy == strategy::optimize;
      best_[i] = {x.id, x.values[i]};
    }
  }
  bool joined = front_.insert(x.id.number, point);
  if (optimized_.size() > 1 ? joined : better) {
    since_improvement_ = 0;
    improvements_.push_back({count_, std::move(point)});
  }
}

void summary::rebuild(const definition& x, const history& observations) {
  *this = summary{x};
  for (const auto& o : observations) add(o);
}

double summary::chance_of_improvement(std::uint64_t next) const {
  auto n = static_cast<double>(next);
  return n / (n + static_cast<double>(since_improvement_) + 1);
}

std::vector<observation_id> summary::front() const {
  std::vector<observation_id> out;
  for (const auto& member : front_.members()) out.push_back({member.key});
  std::ranges::sort(out);
  return out;
}

bool summary::on_front(observation_id x) const {
  return std::ranges::any_of(front_.members(), [&](const auto& member) { return member.key == x.number; });
}

std::vector<double> summary::reference() const {
  std::vector<double> out;
  for (std::size_t i = 0; i < optimized_.size(); ++i) {
    const auto& m = metrics_[optimized_[i]];
    if (m.threshold)
      out.push_back(*m.threshold);
    else if (std::isnan(worst_[i]))
      return {};
    else
      out.push_back(loss(m, worst_[i]));  // back to the metric's own sign
  }
  return out;
}

double summary::volume(const pareto_front& front) const {
  auto at = reference();
  if (at.empty()) return 0;
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = loss(metrics_[optimized_[i]], at[i]);
  std::vector<std::vector<double>> points;
  for (const auto& member : front.members()) points.push_back(member.values);
  return vilfredo::hypervolume(points, at);
}

double summary::hypervolume() const { return volume(front_); }

std::vector<summary::progress_point> summary::progress() const {
  std::vector<progress_point> out;
  pareto_front so_far;
  for (const auto& step : improvements_) {
    if (optimized_.empty()) {
      out.push_back({step.at, static_cast<double>(out.size() + 1)});
    } else if (optimized_.size() == 1) {
      out.push_back({step.at, loss(metrics_[optimized_[0]], step.losses[0])});
    } else {
      so_far.insert(step.at, step.losses);
      out.push_back({step.at, volume(so_far)});
    }
  }
  return out;
}

}  // namespace vilfredo
