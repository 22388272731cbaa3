#include "optimizer/bayes/gp_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/pareto.hpp"
#include "optimizer/bayes/acquisition_search.hpp"
#include "optimizer/bayes/criterion.hpp"
#include "optimizer/bayes/evidence.hpp"
#include "optimizer/bayes/hyperfit.hpp"
#include "optimizer/bayes/kernel_hint.hpp"
#include "optimizer/tpe/tpe.hpp"

namespace vilfredo {

namespace {

using Eigen::Index;

constexpr Index most_fitted = 250;            // rows that kernel parameters are fitted to
constexpr std::size_t fit_pairs = 4'000'000;  // row pairs by dimensions, at most
constexpr std::size_t incumbents = 10;
constexpr double failure_noise = 0.1;

class planner {
public:
  explicit planner(const plan_job& job)
      : job_(job),
        domain_(*job.space),
        how_(std::make_shared<const encoding>(domain_)),
        feasible_(domain_),
        seen_(job),
        random_(job.seed),
        known_(job, *how_) {}

  result<plan> make() {
    if (how_->scales() == 0) return instead("there is nothing to vary");
    for (const auto& o : known_.objectives)
      if (o.data.size() < 2) return instead("fewer than two values to learn from");
    auto worth = models();
    if (job_.is_cancelled()) return cancelled();
    if (!worth) return instead("no model fits the values");
    for (const auto& x : job_.pending)
      if (x.values.size() == domain_.size()) worth->believe(how_->encode(x));

    acquisition_search search(domain_, how_, feasible_, random_, best_known(), [this] { return job_.is_cancelled(); });
    plan out;
    const auto effort = search_effort{};
    search.draw_pool(*worth, effort.scattered);
    while (out.candidates.size() < job_.count) {
      auto x = search.find(*worth, seen_, effort);
      if (!x) return cancelled();
      seen_.take(*x);
      worth->believe(how_->encode(*x));
      out.candidates.push_back(*std::move(x));
    }
    out.hint = write_kernel_hint(fitted_);
    out.note = std::to_string(known_.tried.size()) + " configurations modelled";
    return out;
  }

private:
  error cancelled() const { return {errc::later, "cancelled"}; }

  result<plan> instead(const std::string& why) const {
    auto out = suggest_tpe(job_);
    if (out) out->note = "tpe instead of gp: " + why;
    return out;
  }

  /// A model of a training set; kernel parameters from the hint while these are fresh enough.
  std::optional<gaussian_process> model(const training_data& data) {
    const auto rows = static_cast<std::size_t>(data.size());
    const auto before = hint_ ? std::optional((*hint_)[fitted_.size()]) : std::nullopt;
    fitted_kernel now{rows, {}};
    if (before && before->rows <= rows && rows - before->rows < std::max<std::size_t>(1, rows / 40)) {
      now = *before;
    } else {
      const auto room = static_cast<Index>(std::sqrt(2.0 * fit_pairs / static_cast<double>(how_->scales())));
      fit_effort effort;
      effort.cancelled = [this] { return job_.is_cancelled(); };
      now.parameters = fit_kernel(*how_, thinned(data, std::min(most_fitted, room)),
                                  before ? std::optional(before->parameters) : std::nullopt, effort);
    }
    fitted_.push_back(now);
    return gaussian_process::make(how_, data, now.parameters);
  }

  std::optional<criterion> models() {
    const std::size_t count = known_.objectives.size() + known_.constraints.size() + (known_.failures ? 1 : 0);
    hint_ = read_kernel_hint(job_.hint, count, how_->scales());
    criterion::parts parts;
    for (const auto& o : known_.objectives) {
      auto made = model(o.data);
      if (!made) return std::nullopt;
      parts.objectives.push_back(*std::move(made));
    }
    for (const auto& c : known_.constraints) {
      auto made = model(c.data);
      if (!made) return std::nullopt;
      parts.limits.push_back({*std::move(made), *c.limit, 0});
    }
    if (known_.failures) {
      auto made = model(*known_.failures);
      if (!made) return std::nullopt;
      parts.limits.push_back({*std::move(made), 0, failure_noise});
    }
    for (const auto& t : known_.tried) {
      std::vector<double> y;
      for (std::size_t k = 0; k < t.rows.size(); ++k) y.push_back(parts.objectives[k].fitted()[t.rows[k]]);
      means_.push_back(y);
      if (t.feasible) parts.known.push_back(std::move(y));
    }
    parts.improves = !parts.known.empty();
    if (parts.objectives.size() > 1) parts.reference = reference(parts.known.empty() ? means_ : parts.known);
    return criterion(std::move(parts));
  }

  /// Thresholds where there are any; else a tenth of the front's extent beyond its worst.
  std::vector<double> reference(const std::vector<std::vector<double>>& all) const {
    const std::size_t m = known_.objectives.size();
    std::vector<double> out;
    pareto_front front;
    for (std::size_t i = 0; i < all.size(); ++i) front.insert(i, all[i]);
    for (std::size_t k = 0; k < m; ++k) {
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (const auto& member : front.members()) {
        low = std::min(low, member.values[k]);
        high = std::max(high, member.values[k]);
      }
      if (!(high > low))
        for (const auto& y : all) high = std::max(high, y[k]);
      out.push_back(known_.objectives[k].limit.value_or(high + 0.1 * std::max(high - low, 1e-3)));
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
  const space& domain_;
  std::shared_ptr<const encoding> how_;
  feasible_sampler feasible_;
  novelty seen_;
  random_source random_;
  evidence known_;
  std::optional<std::vector<fitted_kernel>> hint_;
  std::vector<fitted_kernel> fitted_;
  std::vector<std::vector<double>> means_;  // posterior, of what was tried
};

}  // namespace

result<plan> suggest_gp(const plan_job& job) {
  if (job.is_cancelled()) return error{errc::later, "cancelled"};
  return planner(job).make();
}

}  // namespace vilfredo
