#include "optimizer/bayes/gp_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "core/pareto.hpp"
#include "core/solutions.hpp"
#include "optimizer/bayes/acquisition_search.hpp"
#include "optimizer/bayes/coverage.hpp"
#include "optimizer/bayes/criterion.hpp"
#include "optimizer/bayes/evidence.hpp"
#include "optimizer/bayes/hyperfit.hpp"
#include "optimizer/bayes/kernel_hint.hpp"
#include "optimizer/bayes/output_scale.hpp"
#include "optimizer/bayes/task_choice.hpp"
#include "optimizer/catalogue.hpp"
#include "optimizer/multi/scalarization.hpp"
#include "optimizer/tpe/tpe.hpp"

namespace vilfredo {

namespace {

using Eigen::Index;

constexpr Index most_fitted = 250;                 // rows that kernel parameters are fitted to
constexpr double most_fitted_pairs = 4e6;          // pairs of rows by dimensions
constexpr std::size_t most_volume_objectives = 4;  // beyond, boxes are too many
constexpr std::size_t incumbents = 10;
constexpr option_description options[] = {
    {"cost", "metric", "what a trial costs, of which an improvement should take little: its worth is divided by it"},
    {"resolution", "number", "with constraints alone: how near configurations count as alike, parameters being 1 wide",
     1e-3, 10}};

std::string in_words(const std::string& metric, const gaussian_process::health& x) {
  char out[96];
  std::snprintf(out, sizeof out, ": %.0f %% foretold, errors %.1f of those believed", 100 * std::max(x.foretold, -9.99),
                std::min(x.error, 99.9));
  return "; " + metric + " left out" + out;
}

class planner {
public:
  planner(const plan_job& job, const plan_job& whole, std::optional<double> box_length)
      : job_(job),
        whole_(whole),
        box_length_(box_length),
        domain_(*job.space),
        how_(std::make_shared<const encoding>(domain_, job.definition->tasks)),
        feasible_(domain_),
        seen_(whole),
        random_(job.seed),
        known_(job, *how_) {}

  result<plan> make() {
    if (how_->scales() == 0) return instead("there is nothing to vary");
    for (const auto& o : known_.objectives)
      if (o.data.size() < 2) return instead("fewer than two values to learn from");
    if (known_.tried.size() < 2) return instead("fewer than two trials with every objective");
    if (known_.objectives.empty() && known_.constraints.empty()) return instead("no values to learn from");
    auto worth = model_all();
    if (job_.is_cancelled()) return cancelled();
    if (!worth) return instead("no model fits the values");
    if (known_.objectives.empty())
      if (auto met = known_to_meet(job_); !met.empty()) return covering(std::move(met));

    auto best = best_known();
    acquisition_search search(domain_, how_, feasible_, random_, best, [this] { return job_.is_cancelled(); });
    if (box_length_ && !best.empty()) {
      const bool front = known_.objectives.size() > 1;
      const auto* centre = best[front ? random_.below(best.size()) : 0];
      if (const auto* near = nearest_to_limits()) centre = near->point;
      search.confine(*centre, box_sides());
    }
    plan out;
    task_choice choice(whole_, how_);
    const search_effort effort;
    search.draw_pool(*worth, effort.scattered);
    while (out.candidates.size() < job_.count) {
      if (scalarized() && !out.candidates.empty()) {  // towards another part of the front
        worth = weighted(out.candidates);
        if (!worth) return instead("no model fits the values");
        search.draw_pool(*worth, effort.scattered);
      }
      auto x = search.find(*worth, seen_, effort);
      if (!x) return cancelled();
      seen_.take(*x);
      std::optional<task_index> task;
      if (!job_.definition->tasks.empty()) {
        out.tasks.push_back(choice.of(*x, worth->objective()));
        task = cheaper(*job_.definition, out.tasks.back());
      }
      worth->believe(how_->encode(*x, task), !task);
      out.candidates.push_back(*std::move(x));
    }
    out.hint = write_kernel_hint(fitted_);
    out.note = std::to_string(known_.tried.size()) + " configurations modelled" + health_;
    return out;
  }

private:
  error cancelled() const { return {errc::later, "cancelled"}; }

  result<plan> instead(const std::string& why) const {
    auto out = suggest_tpe(job_);
    if (out) out->note = "tpe instead of gp: " + why;
    return out;
  }

  /// A plan for constraints alone, once something meets them all.
  result<plan> covering(std::vector<assignments> met) {
    coverage::parts parts{limits_, std::move(met), {}, {}};
    for (const auto& x : job_.pending)
      if (x.values.size() == domain_.size()) parts.pending.push_back(x);
    if (job_.sampler.options.contains("resolution")) parts.resolution = number_option(job_.sampler, "resolution", 0);
    coverage search(domain_, how_, feasible_, random_, std::move(parts));
    plan out;
    while (out.candidates.size() < job_.count) {
      if (job_.is_cancelled()) return cancelled();
      out.candidates.push_back(search.next(seen_));
      seen_.take(out.candidates.back());
    }
    char words[96];
    std::snprintf(words, sizeof words, "; within %.2g of these is %.0f %% of what should meet all thresholds",
                  search.resolution(), 100 * search.covered());
    out.hint = write_kernel_hint(fitted_);
    out.note = std::to_string(known_.tried.size()) + " configurations modelled" + words + health_;
    return out;
  }

  /// Of the box, one a dimension: in proportion to the length scales, those of the models of objectives on average.
  std::vector<double> box_sides() const {
    std::vector<double> logs(how_->scales(), 0), out(domain_.size(), 0);
    const std::size_t models = scalarized() || known_.objectives.empty() ? 1 : known_.objectives.size();
    for (std::size_t k = fitted_.size() - models; k < fitted_.size(); ++k)
      for (std::size_t i = 0; i < logs.size(); ++i)
        logs[i] += fitted_[k].parameters.log_scales[i] / static_cast<double>(models);
    const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
    for (const auto& c : how_->columns()) out[c.dimension] = *box_length_ * std::exp(logs[c.scale] - mean);
    return out;
  }

  bool scalarized() const { return known_.objectives.size() > most_volume_objectives; }

  /// The kernel of the next model of the plan: from the hint while it is fresh enough, else fitted.
  kernel_parameters kernel_for(const training_data& data, bool border) {
    const auto now = whole_.observations.size();
    const auto before = hint_ ? std::optional((*hint_)[fitted_.size()]) : std::nullopt;
    if (before && before->observations <= now && now - before->observations < std::max<std::size_t>(1, now / 40)) {
      fitted_.push_back(*before);
    } else {
      const auto room = static_cast<Index>(std::sqrt(2 * most_fitted_pairs / static_cast<double>(how_->scales())));
      fit_effort effort;
      effort.warping = border;
      effort.cancelled = [this] { return job_.is_cancelled(); };
      fitted_.push_back({now, fit_kernel(*how_, thinned(data, std::min(most_fitted, room)),
                                         before ? std::optional(before->parameters) : std::nullopt, effort)});
    }
    return fitted_.back().parameters;
  }
  /// `border`: what counts is where the values cross 0.
  std::optional<gaussian_process> model(const training_data& data, bool border = false) {
    return gaussian_process::make(how_, data, kernel_for(data, border));
  }

  std::optional<criterion> model_all() {
    const std::size_t objectives = scalarized() ? 1 : known_.objectives.size();
    const std::size_t others = known_.constraints.size() + (known_.failures ? 1 : 0) + (known_.cost ? 1 : 0);
    hint_ = read_kernel_hint(job_.hint, objectives + others, how_->scales(), how_->warped().size());
    for (const auto& c : known_.constraints) {
      auto made = model(c.data, true);
      if (!made) return std::nullopt;
      if (known_.objectives.empty())
        health_ += in_words(job_.definition->metrics[c.metric].name, made->left_out(c.data));
      limits_.push_back({*std::move(made), *c.limit});
    }
    approach_limits();
    if (known_.failures) {
      auto made = model(*known_.failures, true);
      if (!made) return std::nullopt;
      // Without the noise: what counts is whether trials there work more often than not, and that becomes certain.
      limits_.push_back({*std::move(made), 0});
    }
    if (known_.cost) {
      auto made = model(known_.cost->data);
      if (!made) return std::nullopt;
      cost_ = {*std::move(made), known_.cost->unit};
    }
    if (scalarized()) {
      for (const auto& t : known_.tried) {
        means_.emplace_back();
        for (std::size_t k = 0; k < t.rows.size(); ++k)
          means_.back().push_back(known_.objectives[k].data.values[t.rows[k]]);
      }
      return weighted({});
    }
    criterion::parts parts;
    for (const auto& o : known_.objectives) {
      auto made = model(o.data);
      if (!made) return std::nullopt;
      health_ += in_words(job_.definition->metrics[o.metric].name, made->left_out(o.data));
      parts.objectives.push_back(*std::move(made));
    }
    for (const auto& t : known_.tried) {
      means_.emplace_back();
      for (std::size_t k = 0; k < t.rows.size(); ++k)
        means_.back().push_back(t.full ? parts.objectives[k].fitted()[t.rows[k]]
                                       : parts.objectives[k].at(how_->encode(*t.point)).mean);
      if (t.rows.empty()) means_.back().push_back(t.violation);  // with constraints alone the least is the best
      if (t.feasible && t.full) parts.known.push_back(means_.back());
    }
    if (!job_.definition->tasks.empty() && parts.known.empty()) parts.known = means_;  // no full trial yet
    if (job_.definition->num_solutions > 1) parts.several = solutions_so_far();
    if (parts.objectives.size() > 1) parts.reference = reference(parts.known.empty() ? means_ : parts.known);
    return finished(std::move(parts), {});
  }

  /// The trial that misses the constraints least; nothing when one meets them all.
  const evidence::trial_point* nearest_to_limits() const {
    const evidence::trial_point* nearest = nullptr;
    for (const auto& t : known_.tried) {
      if (t.feasible) return nullptr;
      if (!nearest || t.violation < nearest->violation) nearest = &t;
    }
    return nearest;
  }

  /// While nothing meets all constraints, what counts is to come nearer to the limits than the trial that is nearest:
  /// the probability of all of the way in one step is a miracle's everywhere, and greatest where least is known.
  void approach_limits() {
    const auto* nearest = nearest_to_limits();
    if (!nearest) return;
    const auto row = how_->encode(*nearest->point);
    for (auto& limited : limits_)
      if (const double there = limited.model.at(row).mean; there > limited.limit) {
        limited.limit = there;
        limited.approached = true;
      }
  }

  niches solutions_so_far() const {
    const auto wanted = job_.definition->num_solutions;
    niches out(how_, wanted, solution_radius(static_cast<std::size_t>(how_->scales()), wanted));
    for (std::size_t i = 0; i < means_.size(); ++i)
      if (known_.tried[i].feasible) out.add(how_->encode(*known_.tried[i].point), means_[i][0]);
    return out;
  }

  /// Of many objectives, one that weighs them at random.
  std::optional<criterion> weighted(const std::vector<assignments>& chosen) {
    const auto weights = draw_weights(known_.objectives.size(), random_);
    std::vector<std::vector<double>> feasible;
    for (std::size_t i = 0; i < means_.size(); ++i)
      if (known_.tried[i].feasible) feasible.push_back(means_[i]);
    const auto& those = feasible.empty() ? means_ : feasible;
    const auto worst = reference(those);
    auto best = those[0];
    for (const auto& y : those)
      for (std::size_t k = 0; k < y.size(); ++k) best[k] = std::min(best[k], y[k]);
    std::vector<double> losses;
    for (const auto& y : means_) {
      std::vector<double> scaled;
      for (std::size_t k = 0; k < y.size(); ++k)
        scaled.push_back((y[k] - best[k]) / std::max(worst[k] - best[k], 1e-9));
      losses.push_back(chebyshev(scaled, weights));
    }
    const auto scale = output_scale::power(losses);
    training_data data;
    const auto n = static_cast<Index>(losses.size());
    data.rows.resize(n, static_cast<Index>(how_->columns().size()));
    data.values.resize(n);
    data.shares = Eigen::VectorXd::Ones(n);
    data.variance = Eigen::VectorXd::Zero(n);
    for (Index i = 0; i < n; ++i) {
      data.rows.row(i) = how_->encode(*known_.tried[static_cast<std::size_t>(i)].point).transpose();
      data.values[i] = scale(losses[static_cast<std::size_t>(i)]);
    }
    if (chosen.empty()) scalar_kernel_ = kernel_for(data, false);
    auto made = gaussian_process::make(how_, data, scalar_kernel_);
    if (!made) return std::nullopt;
    criterion::parts parts;
    for (Index i = 0; i < n; ++i)
      if (known_.tried[static_cast<std::size_t>(i)].feasible) parts.known.push_back({made->fitted()[i]});
    parts.objectives.push_back(*std::move(made));
    return finished(std::move(parts), chosen);
  }

  /// With the limits, and believing what is under way.
  criterion finished(criterion::parts parts, const std::vector<assignments>& chosen) const {
    parts.improves = !parts.objectives.empty() && !parts.known.empty();
    parts.limits = limits_;
    parts.cost = cost_;
    criterion out(std::move(parts));
    for (std::size_t i = 0; i < job_.pending.size(); ++i) {
      const auto task = i < job_.pending_tasks.size() ? job_.pending_tasks[i] : std::nullopt;
      if (job_.pending[i].values.size() == domain_.size()) out.believe(how_->encode(job_.pending[i], task), !task);
    }
    for (const auto& x : chosen) out.believe(how_->encode(x));
    return out;
  }

  /// Thresholds where there are any; else a little beyond the worst value seen, outliers aside. A front's own worst
  /// would be too near: a front that is one point so far would stay one.
  std::vector<double> reference(const std::vector<std::vector<double>>& all) const {
    constexpr double outlying = 5, margin = 0.1;
    std::vector<double> out;
    for (std::size_t k = 0; k < known_.objectives.size(); ++k) {
      std::vector<double> values;
      for (const auto& y : all) values.push_back(y[k]);
      std::ranges::sort(values);
      const double best = values.front(), median = values[values.size() / 2];
      double worst = values.back();
      if (median > best) worst = std::min(worst, median + outlying * (median - best));
      out.push_back(known_.objectives[k].limit.value_or(worst + margin * std::max(worst - best, 1e-3)));
    }
    return out;
  }

  std::vector<const assignments*> best_known() const {
    std::vector<std::size_t> order(known_.tried.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto ranks = non_dominated_ranks(means_);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      if (known_.tried[a].feasible != known_.tried[b].feasible) return known_.tried[a].feasible;
      return ranks[a] < ranks[b];
    });
    std::vector<const assignments*> out;
    for (std::size_t i = 0; i < std::min(order.size(), incumbents); ++i) out.push_back(known_.tried[order[i]].point);
    return out;
  }

  const plan_job& job_;
  const plan_job& whole_;
  std::optional<double> box_length_;
  const space& domain_;
  std::shared_ptr<const encoding> how_;
  feasible_sampler feasible_;
  novelty seen_;
  random_source random_;
  evidence known_;
  std::optional<std::vector<fitted_kernel>> hint_;
  std::vector<fitted_kernel> fitted_;
  std::vector<criterion::limited_model> limits_;
  std::optional<criterion::cost_model> cost_;
  kernel_parameters scalar_kernel_;
  std::string health_;
  std::vector<std::vector<double>> means_;  // of the objectives of what was tried, posterior
};

}  // namespace

std::span<const option_description> gp_options() { return options; }

result<plan> suggest_gp(const plan_job& job) {
  if (job.is_cancelled()) return error{errc::later, "cancelled"};
  return planner(job, job, {}).make();
}

result<plan> suggest_within(const plan_job& job, const plan_job& whole, double length) {
  return planner(job, whole, length).make();
}

}  // namespace vilfredo
