#include "optimizer/evolution/breeding.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/evolution/selection.hpp"
#include "optimizer/grading.hpp"
#include "optimizer/keep.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

constexpr double least_population = 10, usual_population = 50;
constexpr double shifting = 0.5, shift = 0.5;               // how many children differ by others' difference, and F
constexpr double crossing_index = 15, mutation_index = 20;  // Deb's η: the greater, the nearer to the parents
constexpr std::size_t at_a_time = 1000;                     // observations that compete at once
constexpr option_description options[] = {
    {"population", "integer", "how many observations are parents; default a quarter of them, from 10 to 50", 4,
     10'000}};

/// Grows with what is known, so that a short experiment has some generations, too.
std::size_t population_of(const plan_job& job) {
  const double grown = std::floor(static_cast<double>(job.observations.size()) / 4);
  return static_cast<std::size_t>(
      number_option(job.sampler, "population", std::clamp(grown, least_population, usual_population)));
}

/// Simulated binary crossover of one coordinate within [0, 1]: a child as far from a parent as if it were one bit
/// string of two, either side alike.
double crossed(double a, double b, random_source& random) {
  const double low = std::min(a, b), high = std::max(a, b), u = random.uniform();
  const bool lower = random.uniform() < 0.5;
  if (high - low < 1e-14) return lower ? low : high;
  const double gap = lower ? low : 1 - high;
  const double alpha = 2 - std::pow(1 + 2 * gap / (high - low), -(crossing_index + 1));
  const double beta = u * alpha <= 1 ? std::pow(u * alpha, 1 / (crossing_index + 1))
                                     : std::pow(1 / (2 - u * alpha), 1 / (crossing_index + 1));
  const double middle = (low + high) / 2, reach = beta * (high - low) / 2;
  return std::clamp(lower ? middle - reach : middle + reach, 0.0, 1.0);
}

/// Polynomial mutation of one coordinate within [0, 1].
double mutated(double x, random_source& random) {
  const double u = random.uniform(), power = mutation_index + 1;
  const double step = u < 0.5 ? std::pow(2 * u + (1 - 2 * u) * std::pow(1 - x, power), 1 / power) - 1
                              : 1 - std::pow(2 * (1 - u) + (2 * u - 1) * std::pow(x, power), 1 / power);
  return std::clamp(x + step, 0.0, 1.0);
}

class breeder {
public:
  breeder(const plan_job& job, const breeding& how)
      : job_(job), how_(how), domain_(*job.space), wanted_(population_of(job)), kept_(read_kept(job, how.mark)) {
    const auto& metrics = job.definition->metrics;
    for (auto i : metrics_with(*job.definition, strategy::optimize))
      goals_.push_back({i, metrics[i].objective == objective::maximize ? -1.0 : 1.0});
    limited_ = std::ranges::any_of(metrics, [](const metric& m) { return m.threshold.has_value(); });
  }

  /// False when cancelled.
  bool catch_up() {
    const auto seen = kept_.seen;
    while (kept_.seen < job_.observations.size() && changes_nothing(kept_.seen)) ++kept_.seen;
    if (kept_.seen > seen && kept_.seen == job_.observations.size()) return !job_.is_cancelled();
    do {
      if (job_.is_cancelled()) return false;
      std::vector<graded> all;
      const auto until = std::min<std::size_t>(kept_.seen + at_a_time, job_.observations.size());
      all.reserve(kept_.places.size() + until - kept_.seen);
      for (auto at : kept_.places) consider(at, all);
      for (auto at = kept_.seen; at < until; ++at) consider(at, all);
      rank_violations(all);
      kept_.places.clear();
      std::size_t last_front = 0;
      for (auto k : survivors(all, wanted_, &last_front, how_.most_crowded)) kept_.places.push_back(all[k].at);
      kept_.seen = until;
      kept_.noted = limited_ || kept_.places.empty() ? 0 : last_front + 1;
    } while (kept_.seen < job_.observations.size());
    return true;
  }

  std::string hint() const { return write_kept(job_, how_.mark, kept_); }
  std::size_t size() const { return kept_.places.size(); }

  assignments child(const feasible_sampler& feasible, random_source& random) const {
    const auto &a = parent(random), &b = parent(random), &c = anyone(random), &d = anyone(random);
    const bool shifted = random.uniform() < shifting;
    const double rate = 1 / static_cast<double>(domain_.size());
    std::vector<double> u(domain_.size());
    for (std::size_t i = 0; i < u.size(); ++i) {
      const bool categorical = domain_.dimensions()[i].type == parameter_type::categorical;
      u[i] = coordinate(a, i);
      if (random.uniform() < 0.5) {
        if (categorical)
          u[i] = coordinate(b, i);
        else if (shifted)
          u[i] = std::clamp(u[i] + shift * (coordinate(c, i) - coordinate(d, i)), 0.0, 1.0);
        else
          u[i] = crossed(u[i], coordinate(b, i), random);
      }
      if (random.uniform() < rate) u[i] = categorical ? random.uniform() : mutated(u[i], random);
    }
    return domain_.constrained() ? feasible.repair(u) : domain_.from_unit(u);
  }

private:
  /// Nobody leaves a full population for an observation that a member of the last front dominates: it would be of a
  /// front behind. Most children are such. With thresholds there is more to compare.
  bool changes_nothing(std::size_t at) const {
    const auto& x = job_.observations[at];
    if (kept_.noted == 0 || limited_ || kept_.places.size() != wanted_ || !comparable(x)) return false;
    for (auto k = kept_.places.size(); k >= kept_.noted; --k) {
      const auto& y = job_.observations[kept_.places[k - 1]];
      if (comparable(y) && dominates(y, x)) return true;
    }
    return false;
  }
  bool comparable(const observation& x) const {
    return x.final() && x.values.size() == job_.definition->metrics.size() &&
           std::ranges::all_of(goals_, [&](const goal& g) { return std::isfinite(x.values[g.metric]); });
  }
  bool dominates(const observation& a, const observation& b) const {
    bool better = false;
    for (const auto& g : goals_) {
      const double left = g.sign * a.values[g.metric], right = g.sign * b.values[g.metric];
      if (left > right) return false;
      better = better || left < right;
    }
    return better;
  }

  void consider(std::size_t at, std::vector<graded>& all) const {
    const auto& x = job_.observations[at];
    if (x.point.values.size() != domain_.size()) return;
    grade(*job_.definition, x, at, all);
  }
  /// Of two members the one that stands further forward.
  const assignments& parent(random_source& random) const {
    return member(std::min(random.below(size()), random.below(size())));
  }
  const assignments& anyone(random_source& random) const { return member(random.below(size())); }
  const assignments& member(std::size_t k) const { return job_.observations[kept_.places[k]].point; }
  /// In the unit cube; the middle where it does not exist.
  double coordinate(const assignments& x, std::size_t i) const { return domain_.to_unit(i, x.values[i]); }

  const plan_job& job_;
  const breeding& how_;
  const space& domain_;
  std::size_t wanted_;
  kept kept_;  // the best first; noted: one more than where the last front begins, when nothing has a threshold
  struct goal {
    std::size_t metric;
    double sign;  // less is better
  };
  std::vector<goal> goals_;
  bool limited_ = false;
};

}  // namespace

std::span<const option_description> breeding_options() { return options; }

result<plan> breed(const plan_job& job, const breeding& how) {
  breeder population(job, how);
  if (!population.catch_up()) return error{errc::later, "cancelled"};
  const feasible_sampler feasible(*job.space);
  novelty seen(job);
  random_source random(job.seed);
  plan out;
  while (out.candidates.size() < job.count) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    auto make = [&] { return population.size() > 1 ? population.child(feasible, random) : feasible.draw(random); };
    out.candidates.push_back(seen.choose(make, feasible, random));
  }
  out.hint = population.hint();
  out.note = "children of " + std::to_string(population.size());
  return out;
}

}  // namespace vilfredo
