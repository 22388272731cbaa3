#include "optimizer/evolution/cma_es.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

#include "core/feasible.hpp"
#include "core/random.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/evolution/distribution.hpp"
#include "optimizer/grading.hpp"
#include "optimizer/hint.hpp"
#include "optimizer/novelty.hpp"

namespace vilfredo {

namespace {

constexpr std::string_view mark = "cma_es2";
constexpr std::uint64_t learning_stream = 0xc3a, restart_stream = 0xc3b;
constexpr double first_width = 0.2, warm_width = 0.02, restart_width = 0.3;
constexpr double narrowest = 1e-8, slimmest = 1e7;
constexpr std::size_t largest_population = 1024;
constexpr std::size_t most_recalled = 2000;  // observations that a start looks back at
constexpr option_description options[] = {
    {"population", "integer",
     "observations that the distribution learns from at a time; default 4 + 3 ln d "
     "for d parameters",
     2, largest_population}};

/// Where a run stands between two plans.
struct run {
  search_distribution distribution;
  std::uint64_t seen = 0, last = 0;  // observations learnt from, and the id of the last of them
  std::uint64_t population = 0;
  std::uint64_t restarts = 0, doublings = 0;     // BIPOP: how often the population was doubled …
  std::uint64_t used_large = 0, used_small = 0;  // … and what runs with large and small ones have cost
  std::uint64_t small = 0;
  std::uint64_t generation = 0, improved = 0;  // of this run: the present one, and the last that found anything better
  double best = std::numeric_limits<double>::max();
};

class strategy_of_job {
public:
  explicit strategy_of_job(const plan_job& job)
      : job_(job),
        domain_(*job.space),
        usual_(static_cast<std::uint64_t>(number_option(
            job.sampler, "population", static_cast<double>(search_distribution::usual_population(domain_))))),
        run_(first()) {}

  /// False when cancelled.
  bool catch_up() {
    while (job_.observations.size() - run_.seen >= run_.population) {
      if (job_.is_cancelled()) return false;
      learn();
      if (over()) restart();
    }
    return !job_.is_cancelled();
  }

  assignments draw(const feasible_sampler& feasible, random_source& random) const {
    constexpr int tries = 10;
    auto x = run_.distribution.draw(random);
    for (int i = 0; domain_.constrained() && !domain_.feasible(x); ++i) {
      if (i == tries) return feasible.repair(domain_.to_unit(x));
      x = run_.distribution.draw(random);
    }
    return x;
  }

  std::string hint() const {
    if (unchanged_) return job_.hint;
    hint_writer out(mark);
    for (auto x : {run_.seen, run_.last, run_.population, run_.restarts, run_.doublings, run_.used_large,
                   run_.used_small, run_.small, run_.generation, run_.improved})
      out.count(x);
    out.number(run_.best);
    run_.distribution.write(out);
    return std::move(out).text();
  }
  std::string note() const {
    return "generation " + std::to_string(run_.generation + 1) + " of " + std::to_string(run_.population) +
           (run_.restarts ? ", restart " + std::to_string(run_.restarts) : std::string{});
  }

private:
  run first() {
    auto before = resumed();
    unchanged_ = before.has_value();
    return before ? *std::move(before) : begun();
  }
  std::optional<run> resumed() const {
    hint_reader in(job_.hint, mark);
    run out{search_distribution(domain_, std::vector<double>(domain_.size(), 0.5), first_width)};
    for (auto* x : {&out.seen, &out.last, &out.population, &out.restarts, &out.doublings, &out.used_large,
                    &out.used_small, &out.small, &out.generation, &out.improved})
      *x = in.count();
    out.best = in.number();
    out.distribution.read(in);
    if (!in.ended() || !out.distribution.sound()) return std::nullopt;
    if (out.population < 2 || out.population > largest_population || out.seen > job_.observations.size())
      return std::nullopt;
    // Something was deleted: what was learnt may be from it.
    if (out.seen > 0 && job_.observations[out.seen - 1].id.number != out.last) return std::nullopt;
    return out;
  }

  run begun() const {
    std::vector<const assignments*> best;
    std::vector<graded> all;
    const auto n = job_.observations.size();
    for (std::size_t at = n > most_recalled ? n - most_recalled : 0; at < n; ++at)
      if (job_.observations[at].point.values.size() == domain_.size())
        if (auto g = grade(*job_.definition, job_.observations[at], at)) all.push_back(*std::move(g));
    rank_violations(all);
    const auto place = places(all);
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t k) { return place[k]; });
    const bool warm = all.size() >= 10 * (domain_.size() + 1);
    for (std::size_t k = 0; 10 * k < all.size(); ++k) best.push_back(&all[order[k]].what->point);
    if (!warm && best.size() > 1) best.resize(1);
    const std::vector<double> middle(domain_.size(), 0.5);
    run out{best.empty() ? search_distribution(domain_, middle, restart_width)
                         : search_distribution::around(domain_, best, warm ? warm_width : first_width)};
    out.seen = n;
    out.last = n ? job_.observations[n - 1].id.number : 0;
    out.population = usual_;
    return out;
  }

  void learn() {
    unchanged_ = false;
    const auto size = run_.population;
    std::vector<graded> usable;
    std::vector<const assignments*> points;
    std::vector<std::size_t> at, place;
    for (std::size_t k = 0; k < size; ++k) {
      const auto& x = job_.observations[run_.seen + k];
      if (x.point.values.size() != domain_.size()) continue;
      points.push_back(&x.point);
      place.push_back(size);  // failed
      if (auto g = grade(*job_.definition, x, place.size() - 1)) usable.push_back(*std::move(g));
    }
    rank_violations(usable);
    const auto order = places(usable);
    for (std::size_t k = 0; k < usable.size(); ++k) place[usable[k].at] = order[k];
    random_source random(derive_seed(derive_seed(job_.definition->seed, learning_stream), run_.seen));
    if (points.size() > 1) run_.distribution.learn(points, place, random);
    ++run_.generation;
    for (const auto& g : usable)
      if (g.violation == 0 && g.losses.size() == 1 && g.losses[0] < run_.best) {
        run_.best = g.losses[0];
        run_.improved = run_.generation;
      }
    run_.seen += size;
    run_.last = job_.observations[run_.seen - 1].id.number;
    (run_.small ? run_.used_small : run_.used_large) += size;
  }

  bool over() const {
    const auto& x = run_.distribution;
    if (!x.sound() || x.slimness() > slimmest || x.width().value_or(1) < narrowest) return true;
    const auto patience = 10 + 30 * domain_.size() / run_.population;
    return metrics_with(*job_.definition, strategy::optimize).size() == 1 && run_.generation - run_.improved > patience;
  }

  /// BIPOP: a run with twice the population from anywhere, or one with a small population and step, whichever kind has
  /// cost less so far.
  void restart() {
    random_source random(derive_seed(derive_seed(job_.definition->seed, restart_stream), ++run_.restarts));
    std::vector<double> middle(domain_.size());
    for (double& v : middle) v = random.uniform();
    const double usual = static_cast<double>(usual_);
    double population = usual, width = restart_width;
    run_.small = run_.used_small < run_.used_large && run_.doublings > 0;
    if (run_.small) {
      const double large = std::pow(2, static_cast<double>(run_.doublings)), u = random.uniform();
      population = std::floor(usual * std::pow(large / 2, u * u));
      width *= std::pow(10, -2 * random.uniform());
    } else {
      population = usual * std::pow(2, static_cast<double>(++run_.doublings));
    }
    run_.population =
        std::clamp(static_cast<std::size_t>(std::min(population, 1e6)), std::size_t{2}, largest_population);
    run_.generation = run_.improved = 0;
    run_.best = std::numeric_limits<double>::max();
    run_.distribution = search_distribution(domain_, middle, width);
  }

  const plan_job& job_;
  const space& domain_;
  std::uint64_t usual_;
  bool unchanged_ = false;  // the hint still says all
  run run_;
};

}  // namespace

std::span<const option_description> cma_es_options() { return options; }

result<plan> suggest_cma_es(const plan_job& job) {
  strategy_of_job strategy(job);
  if (!strategy.catch_up()) return error{errc::later, "cancelled"};
  const feasible_sampler feasible(*job.space);
  novelty seen(job);
  random_source random(job.seed);
  plan out;
  while (out.candidates.size() < job.count) {
    if (job.is_cancelled()) return error{errc::later, "cancelled"};
    out.candidates.push_back(seen.choose([&] { return strategy.draw(feasible, random); }, feasible, random));
  }
  out.hint = strategy.hint();
  out.note = strategy.note();
  return out;
}

}  // namespace vilfredo
