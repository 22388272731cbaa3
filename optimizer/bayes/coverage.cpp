#include "optimizer/bayes/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "optimizer/bayes/acquisition.hpp"
#include "optimizer/grading.hpp"

// Notation: x_j the sample [n]; p_j the probability that x_j meets all thresholds; w_j its weight, p_j over the density
// that it was drawn with; u_j the probability that nothing within the resolution r of x_j, known or under way, meets
// them; N [n × n] whether two of the sample are within r.
//   gain_i = √p_i Σ_j N_ij w_j u_j
// Without its first factor this is the paper's: the expected growth of ∫ [x meets all] [x is near a trial] dx by a
// trial at x_i. With p_i it would be that of ∫ [x meets all] [x is near a trial that does] dx, configurations taken to
// be independent; but then regions of which little is known are never looked at, as a first trial there will hardly
// meet anything. The root between the two met as often as the one and spread as wide as the other (bench/coverage).

namespace vilfredo {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t sample_size = 512;
constexpr double enough = 0.25;  // of the sample must count, or else it is drawn where the thresholds are met
constexpr int sweeps = 4;        // of random walks, which part what resampling made equal
constexpr double least_resolution = 1e-3;
constexpr double usual_quantile = 0.95;  // of distances to what is known: a ball of that radius takes in the remotest

}  // namespace

std::vector<assignments> known_to_meet(const plan_job& job) {
  std::vector<assignments> out;
  for (const auto& x : job.observations)
    if (x.point.values.size() == job.space->size())
      if (auto g = grade(*job.definition, x, 0); g && std::ranges::count(g->excess, 0.0) == std::ssize(g->excess))
        out.push_back(x.point);
  return out;
}

coverage::coverage(const space& domain, std::shared_ptr<const encoding> how, const feasible_sampler& feasible,
                   random_source& random, parts x)
    : domain_(domain), how_(std::move(how)), feasible_(feasible), random_(random), x_(std::move(x)) {
  for (const auto& p : x_.pending)
    for (auto& limited : x_.limits) limited.model.believe(how_->encode(p));
  draw_sample();
  for (const auto& m : x_.met) centres_.push_back({how_->encode(m), 1});
  set_resolution(x_.resolution.value_or(nearest_quantile(usual_quantile)));
  covered_ = 1 - weight_.dot(uncovered_) / std::max(weight_.sum(), 1e-300);
  const VectorXd chances = probabilities(x_.pending);
  for (std::size_t i = 0; i < x_.pending.size(); ++i) {
    centres_.push_back({how_->encode(x_.pending[i]), chances[static_cast<Index>(i)]});
    cover(centres_.back());
  }
}

VectorXd coverage::probabilities(const std::vector<assignments>& those) const {
  const auto n = static_cast<Index>(those.size());
  MatrixXd rows(n, static_cast<Index>(how_->columns().size()));
  for (Index i = 0; i < n; ++i) rows.row(i) = how_->encode(those[static_cast<std::size_t>(i)]).transpose();
  VectorXd logs = VectorXd::Zero(n);
  for (const auto& limited : x_.limits) {
    const auto beliefs = limited.model.at_all(rows);
    for (Index i = 0; i < n; ++i)
      logs[i] += log_probability_below({beliefs.mean[i], std::sqrt(beliefs.variance[i])}, limited.limit);
  }
  return logs.array().exp();
}

void coverage::draw_sample() {
  for (std::size_t i = 0; i < sample_size; ++i) sample_.push_back(feasible_.draw(random_));
  probability_ = weight_ = probabilities(sample_);
  const double sum = weight_.sum(), squares = weight_.squaredNorm();
  if (sum * sum < enough * static_cast<double>(sample_size) * squares || !(squares > 0)) concentrate();
  rows_.resize(static_cast<Index>(sample_.size()), static_cast<Index>(how_->columns().size()));
  for (std::size_t i = 0; i < sample_.size(); ++i)
    rows_.row(static_cast<Index>(i)) = how_->encode(sample_[i]).transpose();
}

/// Draws the sample anew with density p: resampled by weight (systematically, Kitagawa 1996), then each walks at random
/// by Metropolis' rule (a step of sequential Monte Carlo, Del Moral, Doucet & Jasra 2006). What is known to meet the
/// thresholds is among what walks begin from, so that a small region is not missed.
void coverage::concentrate() {
  for (const auto& m : x_.met) sample_.push_back(m);
  const VectorXd chances = probabilities(x_.met);
  weight_.conservativeResize(static_cast<Index>(sample_.size()));
  weight_.tail(chances.size()) = chances;
  const double step = weight_.sum() / static_cast<double>(sample_size);
  if (!(step > 0)) weight_.setOnes();
  std::vector<std::vector<double>> at;
  double next = random_.uniform() * step, passed = 0;
  for (std::size_t i = 0; i < sample_.size(); ++i) {
    passed += weight_[static_cast<Index>(i)];
    for (; next < passed && at.size() < sample_size; next += step) {
      at.push_back(domain_.to_unit(sample_[i]));
      for (std::size_t k = 0; k < domain_.size(); ++k)
        if (std::isnan(sample_[i].values[k])) at.back()[k] = random_.uniform();
    }
  }
  sample_.clear();
  for (const auto& u : at) sample_.push_back(domain_.from_unit(u));
  probability_ = probabilities(sample_);
  for (int i = 0; i < sweeps; ++i) walk(at);
  weight_ = VectorXd::Ones(probability_.size());
}

/// One step of each, as wide as the sample is spread (Roberts, Gelman & Gilks 1997), or as a value's share is.
void coverage::walk(std::vector<std::vector<double>>& at) {
  constexpr double narrowest = 0.01, redrawn = 0.2;
  const auto n = static_cast<double>(at.size()), d = static_cast<double>(domain_.size());
  std::vector<double> spread(domain_.size());
  for (std::size_t k = 0; k < spread.size(); ++k) {
    double sum = 0, squares = 0;
    for (const auto& u : at) {
      sum += u[k] / n;
      squares += u[k] * u[k] / n;
    }
    spread[k] = std::sqrt(std::max(squares - sum * sum, 0.0));
  }
  auto proposed = at;
  std::vector<assignments> points = sample_;
  std::vector<bool> inside(at.size(), true);
  for (std::size_t i = 0; i < at.size(); ++i) {
    for (std::size_t k = 0; k < spread.size(); ++k) {
      double& u = proposed[i][k];
      const bool category = domain_.dimensions()[k].type == parameter_type::categorical;
      if (category && random_.uniform() < redrawn) {
        u = random_.uniform();
        continue;
      }
      const auto share = domain_.cell_of(k, domain_.from_unit(k, u));
      const double width = std::max({spread[k], narrowest, (share.high - share.low) / 2});
      u += 2.4 / std::sqrt(d) * width * random_.normal();
      inside[i] = inside[i] && u >= 0 && u <= 1;
    }
    if (!inside[i]) continue;
    points[i] = domain_.from_unit(proposed[i]);
    inside[i] = domain_.feasible(points[i]);
    if (!inside[i]) points[i] = sample_[i];
  }
  const VectorXd chances = probabilities(points);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto k = static_cast<Index>(i);
    if (!inside[i] || random_.uniform() * probability_[k] > chances[k]) continue;
    at[i] = std::move(proposed[i]);
    sample_[i] = std::move(points[i]);
    probability_[k] = chances[k];
  }
}

/// The distance to the nearest of the centres that so much of the weight is within.
double coverage::nearest_quantile(double q) const {
  std::vector<std::pair<double, double>> all;  // distance, weight
  for (Index i = 0; i < rows_.rows(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& c : centres_) least = std::min(least, how_->unlikeness(rows_.row(i).transpose(), c.row));
    all.emplace_back(least, weight_[i]);
  }
  std::ranges::sort(all);
  double left = q * weight_.sum();
  for (const auto& [distance, weight] : all)
    if ((left -= weight) <= 0) return distance;
  return all.back().first;
}

void coverage::set_resolution(double r) {
  resolution_ = std::max(r, least_resolution);
  const Index n = rows_.rows();
  near_ = MatrixXd::Identity(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < i; ++j)
      near_(i, j) = near_(j, i) =
          how_->unlikeness(rows_.row(i).transpose(), rows_.row(j).transpose()) <= resolution_ ? 1 : 0;
  uncovered_ = VectorXd::Ones(n);
  for (const auto& c : centres_) cover(c);
}

void coverage::cover(const centre& x) {
  for (Index i = 0; i < rows_.rows(); ++i)
    if (how_->unlikeness(rows_.row(i).transpose(), x.row) <= resolution_) uncovered_[i] *= 1 - x.probability;
}

assignments coverage::next(const novelty& seen) {
  for (;;) {
    const VectorXd gains = probability_.cwiseSqrt().cwiseProduct(near_ * weight_.cwiseProduct(uncovered_));
    Index best = -1;
    for (Index i = 0; i < gains.size(); ++i)
      if (seen.is_new(sample_[static_cast<std::size_t>(i)]) && (best < 0 || gains[i] > gains[best])) best = i;
    if (best < 0) return seen.draw(feasible_, random_);
    if (!(gains[best] > 1e-9 * weight_.sum()) && resolution_ > least_resolution) {
      set_resolution(resolution_ / 2);
      continue;
    }
    centres_.push_back({rows_.row(best).transpose(), probability_[best]});
    cover(centres_.back());
    return sample_[static_cast<std::size_t>(best)];
  }
}

}  // namespace vilfredo
