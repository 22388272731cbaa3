#include "bench/race.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "core/hypervolume.hpp"
#include "core/random.hpp"
#include "core/summary.hpp"

namespace vilfredo::bench {

namespace {

double loss(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }

bool eligible(const definition& d, const std::vector<double>& values) {
  if (values.empty()) return false;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (d.metrics[i].strategy != strategy::store && d.metrics[i].threshold && !meets(d.metrics[i], values[i]))
      return false;
  return true;
}

/// What is known of a problem while it is being solved.
class score {
public:
  score(const problem& p, double typical)
      : problem_(p), optimized_(metrics_with(p.what, strategy::optimize)), typical_(typical) {}

  void add(const std::vector<double>& seen, const std::vector<double>& truth) {
    if (!eligible(problem_.what, seen)) return;
    if (optimized_.size() > 1) {
      points_.push_back(losses(truth));
    } else if (losses(seen)[0] < least_seen_) {
      least_seen_ = losses(seen)[0];
      truth_ = losses(truth)[0];
    }
  }
  double now() const {
    if (optimized_.size() > 1) {
      auto worst = problem_.worst;
      for (std::size_t j = 0; j < worst.size(); ++j) worst[j] = loss(problem_.what.metrics[optimized_[j]], worst[j]);
      return 1 - hypervolume(points_, worst) / problem_.best;
    }
    return std::clamp((truth_ - problem_.best) / (typical_ - problem_.best), 0.0, 1.0);
  }

private:
  std::vector<double> losses(const std::vector<double>& values) const {
    std::vector<double> out;
    for (auto i : optimized_) out.push_back(loss(problem_.what.metrics[i], values[i]));
    return out;
  }

  const problem& problem_;
  std::vector<std::size_t> optimized_;
  double typical_;
  double least_seen_ = std::numeric_limits<double>::infinity(), truth_ = least_seen_;
  std::vector<std::vector<double>> points_;
};

}  // namespace

double typical_loss(const problem& p) {
  constexpr int draws = 20'000;
  constexpr std::size_t enough = 500, few = 10;
  const auto domain = validate(p.what);
  const auto optimized = metrics_with(p.what, strategy::optimize);
  random_source random(1);
  std::vector<double> feasible, all, u(domain->size());
  for (int i = 0; i < draws && feasible.size() < enough; ++i) {
    for (double& v : u) v = random.uniform();
    const auto values = p.evaluate(domain->from_unit(u));
    if (values.empty()) continue;
    all.push_back(loss(p.what.metrics[optimized[0]], values[optimized[0]]));
    if (eligible(p.what, values)) feasible.push_back(all.back());
  }
  auto& those = feasible.size() < few ? all : feasible;
  const auto middle = those.begin() + static_cast<std::ptrdiff_t>(those.size() / 2);
  std::ranges::nth_element(those, middle);
  return *middle;
}

race_result race(const problem& p, tuner& with, const race_settings& s) {
  auto d = p.what;
  d.name = p.name;
  d.seed = s.seed;
  d.observation_budget = s.trials;
  d.parallel_bandwidth = s.parallel;
  with.begin(d);
  score so_far(p, metrics_with(d, strategy::optimize).size() > 1 ? 0 : typical_loss(p));
  random_source random(derive_seed(s.seed, 0xace));
  race_result out;
  std::multimap<double, tuner::asked> running;  // by the time at which it ends
  double now = 0;
  std::uint64_t begun = 0, ended = 0;
  while (ended < s.trials) {
    while (running.size() < s.parallel && begun < s.trials) {
      const auto before = std::chrono::steady_clock::now();
      auto next = with.ask();
      out.ask_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
      running.emplace(now + std::exp(0.5 * random.normal()), std::move(next));
      ++begun;
    }
    auto first = running.begin();
    now = first->first;
    const auto truth = p.evaluate(first->second.point);
    auto seen = truth;
    for (double& v : seen) v += p.noise == 0 ? 0 : p.noise * random.normal();
    const auto before = std::chrono::steady_clock::now();
    with.tell(first->second.id, seen);
    out.ask_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    running.erase(first);
    ++ended;
    so_far.add(seen, truth);
    if (std::ranges::count(s.marks, ended)) out.scores.push_back(so_far.now());
  }
  return out;
}

}  // namespace vilfredo::bench
