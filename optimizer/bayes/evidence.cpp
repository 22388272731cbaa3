#include "optimizer/bayes/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <variant>

#include "core/random.hpp"
#include "optimizer/bayes/output_scale.hpp"
#include "optimizer/fidelity/forecast.hpp"

namespace vilfredo {

namespace {

using Eigen::Index;

/// In units of a metric's spread: forecasts less sure than this would blur what is known more than they add. Their
/// errors are not independent of each other, as the model takes them to be.
constexpr double vague = 0.25;

double loss_of(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }

bool whole(const definition& d, const observation& x) { return x.final() && x.values.size() == d.metrics.size(); }

/// The same, or the end of a trial of a cheaper task.
bool ended(const definition& d, const observation& x) {
  return !x.failed() && !x.stopped_at && x.values.size() == d.metrics.size();
}

std::uint64_t fingerprint_of(const assignments& point, std::optional<task_index> task) {
  return task ? derive_seed(fingerprint(point), *task) : fingerprint(point);
}

/// Gathers the rows of a training set, merging repeats. Those of unlike noise stay rows of their own: the model weighs
/// them by their noise, a mean of them would carry that of the worst.
class collector {
public:
  collector(const encoding& how, std::size_t tasks) : how_(how), tasks_(tasks) {}

  void add(const assignments& point, std::optional<task_index> task, double value, double variance) {
    auto& rows = index_[fingerprint_of(point, task)];
    auto found = std::ranges::find_if(rows, [&](std::size_t i) { return alike(all_[i].mean_variance(), variance); });
    if (found == rows.end()) {
      all_.push_back({&point, task, {}, 0});
      found = rows.insert(rows.end(), all_.size() - 1);
    }
    auto& those = all_[*found];
    those.values.push_back(value);
    those.variance += variance;
  }

  /// Of several the one that is known best.
  std::optional<Index> row_of(const assignments& point, std::optional<task_index> task) const {
    auto found = index_.find(fingerprint_of(point, task));
    if (found == index_.end()) return std::nullopt;
    return static_cast<Index>(
        *std::ranges::min_element(found->second, {}, [&](std::size_t i) { return all_[i].mean_variance(); }));
  }

  training_data data() const {
    training_data out;
    const auto n = static_cast<Index>(all_.size());
    out.rows.resize(n, static_cast<Index>(how_.columns().size()));
    out.values.resize(n);
    out.shares.resize(n);
    out.variance.resize(n);
    out.cheaper = Eigen::MatrixXd::Zero(n, static_cast<Index>(tasks_));
    for (Index i = 0; i < n; ++i) {
      const auto& s = all_[static_cast<std::size_t>(i)];
      const auto repeats = static_cast<double>(s.values.size());
      const double mean = std::accumulate(s.values.begin(), s.values.end(), 0.0) / repeats;
      out.rows.row(i) = how_.encode(*s.point, s.task).transpose();
      if (s.task) out.cheaper(i, static_cast<Index>(*s.task)) = 1;
      out.values[i] = mean;
      out.shares[i] = 1 / repeats;
      out.variance[i] = s.variance / (repeats * repeats);
      if (s.variance > 0) continue;  // how far these lie apart is known to be due to more than the fitted noise
      out.repeats += repeats - 1;
      for (double v : s.values) out.scatter += (v - mean) * (v - mean);
    }
    return out;
  }

private:
  struct repeats_of {
    const assignments* point;
    std::optional<task_index> task;
    std::vector<double> values;
    double variance;
    double mean_variance() const { return variance / static_cast<double>(values.size()); }
  };
  static bool alike(double a, double b) { return a <= 2 * b && b <= 2 * a; }

  const encoding& how_;
  std::size_t tasks_;
  std::vector<repeats_of> all_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> index_;  // places in all_
};

/// Where a configuration would have ended whose trial was stopped, or still runs; one value a metric.
struct foreseen {
  const assignments* point;
  std::vector<forecast::value> ends;
};

std::vector<foreseen> all_foreseen(const plan_job& job, const std::vector<const observation*>& all) {
  std::vector<foreseen> out;
  const forecast ahead(job);
  auto add = [&](const assignments& point, double step, const std::vector<double>& reported) {
    if (auto ends = ahead.of_all(step, reported)) out.push_back({&point, *std::move(ends)});
  };
  for (const auto* x : all)
    if (x->stopped_at && !x->failed() && !x->task) add(x->point, *x->stopped_at, x->values);
  for (std::size_t i = 0; i < std::min(job.pending.size(), job.pending_reports.size()); ++i) {
    const auto& last = job.pending_reports[i];
    const bool full = i >= job.pending_tasks.size() || !job.pending_tasks[i];
    if (last && full && job.pending[i].values.size() == job.space->size())
      add(job.pending[i], last->step, last->values);
  }
  return out;
}

collector series_of(const std::vector<const observation*>& all, const std::vector<foreseen>& ahead, const definition& d,
                    std::size_t m, const encoding& how, const output_scale& scale) {
  collector rows(how, d.tasks.size());
  auto add = [&](const assignments& point, std::optional<task_index> task, double loss, double given) {
    const double deviation = std::min(std::abs(given) * scale.slope(loss), 1e3);
    rows.add(point, task, scale(loss), deviation * deviation);
  };
  for (const auto* x : all) {
    if (!ended(d, *x) || !std::isfinite(x->values[m])) continue;
    const double loss = loss_of(d.metrics[m], x->values[m]);
    const double given = m < x->stddevs.size() && std::isfinite(x->stddevs[m]) ? x->stddevs[m] : 0;
    add(x->point, x->task, loss, given);
  }
  for (const auto& f : ahead) {
    const auto& end = f.ends[m];
    if (end.deviation * scale.slope(end.loss) > vague || rows.row_of(*f.point, {})) continue;
    add(*f.point, {}, end.loss, end.deviation);
  }
  return rows;
}

std::optional<evidence::learned_cost> cost_of_trials(const std::vector<const observation*>& all, const definition& d,
                                                     std::size_t m, const encoding& how) {
  std::vector<const observation*> sound;
  std::vector<double> logs;
  for (const auto* x : all)
    if (whole(d, *x) && std::isfinite(x->values[m]) && x->values[m] > 0) {
      sound.push_back(x);
      logs.push_back(std::log(x->values[m]));
    }
  const auto scale = output_scale::linear(logs);
  collector rows(how, 0);
  for (std::size_t i = 0; i < sound.size(); ++i) rows.add(sound[i]->point, {}, scale(logs[i]), 0);
  auto data = rows.data();
  if (data.size() < 2) return std::nullopt;
  return evidence::learned_cost{std::move(data), 1 / scale.slope(logs[0])};
}

}  // namespace

std::size_t evidence::most_points(const definition& d) {
  constexpr double of_one = 900;
  const auto goals = std::ranges::count_if(d.metrics, [](const metric& m) { return m.strategy != strategy::store; });
  return static_cast<std::size_t>(of_one / std::cbrt(std::max<double>(1, static_cast<double>(goals))));
}

std::vector<const observation*> evidence::chosen(const plan_job& job) const {
  const auto& d = *job.definition;
  std::vector<const observation*> all;
  for (const auto& x : job.observations)
    if (x.point.values.size() == job.space->size()) all.push_back(&x);
  const std::size_t most = most_points(d);
  if (all.size() <= most) return all;
  // The sum of ranks over the metrics with a goal; failures and absent values rank last.
  std::vector<std::size_t> order(all.size());
  std::vector<double> ranks(all.size(), 0.0);
  for (std::size_t m = 0; m < d.metrics.size(); ++m) {
    if (d.metrics[m].strategy != strategy::optimize) continue;
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto key = [&](std::size_t i) {
      const bool sound = whole(d, *all[i]) && std::isfinite(all[i]->values[m]);
      return sound ? loss_of(d.metrics[m], all[i]->values[m]) : std::numeric_limits<double>::infinity();
    };
    std::ranges::stable_sort(order, {}, key);
    for (std::size_t r = 0; r < order.size(); ++r) ranks[order[r]] += static_cast<double>(r);
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ranks[i]; });
  std::vector<bool> kept(all.size(), false);
  for (std::size_t r = 0; r < most / 3; ++r) kept[order[r]] = true;
  for (std::size_t i = all.size() - most / 3; i < all.size(); ++i) kept[i] = true;
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!kept[i]) rest.push_back(i);
  const std::size_t room = most - (all.size() - rest.size());
  for (std::size_t k = 0; k < room; ++k) kept[rest[k * rest.size() / room]] = true;
  std::vector<const observation*> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (kept[i]) out.push_back(all[i]);
  return out;
}

evidence::evidence(const plan_job& job, const encoding& how) {
  const auto& d = *job.definition;
  const auto all = chosen(job);
  const auto ahead = all_foreseen(job, all);
  const auto optimized = metrics_with(d, strategy::optimize);
  auto losses_of = [&](std::size_t m) {
    std::vector<double> out;
    for (const auto* x : all)
      if (ended(d, *x) && std::isfinite(x->values[m])) out.push_back(loss_of(d.metrics[m], x->values[m]));
    for (const auto& f : ahead) out.push_back(f.ends[m].loss);
    return out;
  };
  std::vector<collector> series;
  for (auto m : optimized) {
    const auto scale = optimized.size() == 1 ? output_scale::power(losses_of(m)) : output_scale::drawn_in(losses_of(m));
    series.push_back(series_of(all, ahead, d, m, how, scale));
    learned_metric learned{series.back().data(), {}, m};
    if (d.metrics[m].threshold) learned.limit = scale(loss_of(d.metrics[m], *d.metrics[m].threshold));
    objectives.push_back(std::move(learned));
  }
  std::vector<std::pair<std::size_t, output_scale>> limited;
  for (auto m : metrics_with(d, strategy::constraint)) {
    if (!d.metrics[m].threshold) continue;
    const auto scale = output_scale::around(loss_of(d.metrics[m], *d.metrics[m].threshold), losses_of(m));
    limited.emplace_back(m, scale);
    auto data = series_of(all, ahead, d, m, how, scale).data();
    if (data.size() > 0) constraints.push_back({std::move(data), 0.0, m});
  }
  if (const auto option = job.sampler.options.find("cost"); option != job.sampler.options.end())
    for (std::size_t m = 0; m < d.metrics.size(); ++m)
      if (const auto* name = std::get_if<std::string>(&option->second); name && d.metrics[m].name == *name)
        cost = cost_of_trials(all, d, m, how);
  collector labels(how, 0);
  std::size_t failed = 0;
  for (const auto* x : all) {
    labels.add(x->point, {}, x->failed() ? 1 : -1, 0);
    failed += x->failed();
  }
  if (failed > 0 && failed < all.size()) failures = labels.data();

  std::unordered_map<std::uint64_t, std::size_t> known;
  for (const auto* x : all) {
    if (!ended(d, *x)) continue;
    trial_point p{&x->point, {}, true, 0, !x->task};
    for (const auto& rows : series)
      if (auto row = rows.row_of(x->point, x->task)) p.rows.push_back(*row);
    if (p.rows.size() < series.size()) continue;
    for (const auto& [m, scale] : limited) {
      const auto& metric = d.metrics[m];
      p.feasible = p.feasible && loss_of(metric, x->values[m]) <= loss_of(metric, *metric.threshold);
      if (std::isfinite(x->values[m])) p.violation += std::max(0.0, scale(loss_of(metric, x->values[m])));
    }
    auto [found, fresh] = known.try_emplace(fingerprint(x->point), tried.size());
    if (fresh) {
      tried.push_back(std::move(p));
      continue;
    }
    auto& same = tried[found->second];
    same.feasible = same.feasible && p.feasible;
    if (p.full && !same.full) same.rows = std::move(p.rows);
    same.full = same.full || p.full;
  }
}

training_data thinned(const training_data& all, Index most) {
  const Index n = all.size();
  if (n <= most) return all;
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, {}, [&](Index i) { return all.values[i]; });
  const auto best = static_cast<std::size_t>(most / 3), room = static_cast<std::size_t>(most) - best;
  std::vector<Index> kept(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(best));
  std::vector<Index> rest(order.begin() + static_cast<std::ptrdiff_t>(best), order.end());
  std::ranges::sort(rest);
  for (std::size_t k = 0; k < room; ++k) kept.push_back(rest[k * rest.size() / room]);
  training_data out;
  out.rows = all.rows(kept, Eigen::all);
  out.values = all.values(kept);
  out.shares = all.shares(kept);
  out.variance = all.variance(kept);
  if (all.cheaper.cols() > 0) out.cheaper = all.cheaper(kept, Eigen::all);
  out.repeats = all.repeats;
  out.scatter = all.scatter;
  return out;
}

}  // namespace vilfredo
