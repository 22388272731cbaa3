#include "optimizer/stopping/catalogue.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/closest.hpp"
#include "core/text.hpp"
#include "optimizer/stopping/asha.hpp"
#include "optimizer/stopping/automatic.hpp"
#include "optimizer/stopping/constraint.hpp"
#include "optimizer/stopping/dominance.hpp"
#include "optimizer/stopping/extrapolation.hpp"
#include "optimizer/stopping/hyperband.hpp"
#include "optimizer/stopping/mo_asha.hpp"
#include "optimizer/stopping/pasha.hpp"
#include "optimizer/stopping/patience.hpp"
#include "optimizer/stopping/percentile.hpp"
#include "optimizer/stopping/threshold.hpp"
#include "optimizer/stopping/wilcoxon.hpp"

namespace vilfredo::stopping {

namespace {

using text::quoted;
constexpr double many = 1e15;

using made = result<std::unique_ptr<stopper>>;

/// The metric a rule for one metric looks at: the option `metric`, or the only optimized one.
result<std::size_t> metric_of(const component& x, const definition& d) {
  auto named = x.options.find("metric");
  if (named == x.options.end()) {
    auto optimized = metrics_with(d, strategy::optimize);
    if (optimized.size() == 1) return optimized[0];
    return error{errc::invalid, "early_stopping: " + quoted(x.name) + " judges by one metric, and " +
                                    std::to_string(optimized.size()) +
                                    " are optimized; add \"metric\": one of their names"};
  }
  const auto& name = std::get<std::string>(named->second);
  std::vector<std::string> known;
  for (std::size_t i = 0; i < d.metrics.size(); ++i) {
    if (d.metrics[i].name == name) return i;
    known.push_back(d.metrics[i].name);
  }
  return error{errc::invalid, "early_stopping.metric: " + quoted(name) + " is not a metric of the experiment" +
                                  did_you_mean(name, known)};
}

/// The optimized metrics, for rules that judge by all of them.
result<std::vector<std::size_t>> optimized_in(const component& x, const definition& d) {
  auto out = metrics_with(d, strategy::optimize);
  if (out.empty())
    return error{errc::invalid,
                 "early_stopping: " + quoted(x.name) +
                     " judges by what is optimized, and here are constraints alone; take \"constraint\""};
  return out;
}

/// A constraint metric's threshold as a loss.
loss_limit limit_of(const definition& d, std::size_t metric) {
  const auto& m = d.metrics[metric];
  return {metric, m.objective == objective::maximize ? -*m.threshold : *m.threshold};
}

constexpr option_description asha_list[] = {
    {"metric", "string", "the metric that is judged by; needed where several are optimized"},
    {"min_steps", "number", "the first rung (1)", 1e-9, many},
    {"max_steps", "number", "the step at which trials end by themselves; no rung from there on", 1e-9, many},
    {"reduction_factor", "number", "one in so many goes on from each rung (3)", 1.5, 1000},
};
constexpr option_description mode_option{
    "mode", "string", "\"stopping\" ends the others, \"promotion\" pauses them and lets them go on later (stopping)"};
constexpr option_description asha_and_mode[] = {asha_list[0], asha_list[1], asha_list[2], asha_list[3], mode_option};
/// The rungs that the options describe, which `asha_list` has found sound each by itself.
result<rungs> rungs_of(const component& x) {
  rungs out;
  out.min_steps = number_option(x, "min_steps", out.min_steps);
  out.max_steps = number_option(x, "max_steps", out.max_steps);
  out.reduction_factor = number_option(x, "reduction_factor", out.reduction_factor);
  if (out.max_steps > 0 && out.max_steps <= out.min_steps)
    return error{errc::invalid, "early_stopping: max_steps " + text::number(out.max_steps) +
                                    " is not above min_steps " + text::number(out.min_steps) +
                                    ", so there is no rung; raise it"};
  return out;
}

result<halving> halving_of(const component& x) {
  auto given = x.options.find("mode");
  if (given == x.options.end()) return halving::stops;
  const auto& name = std::get<std::string>(given->second);
  if (name == "stopping") return halving::stops;
  if (name == "promotion") return halving::promotes;
  return error{errc::invalid,
               "early_stopping.mode: there is no mode " + quoted(name) + one_of(name, {"stopping", "promotion"})};
}

made make_asha(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  auto levels = rungs_of(x);
  if (!levels) return levels.error();
  auto how = halving_of(x);
  if (!how) return how.error();
  return std::unique_ptr<stopper>(std::make_unique<asha>(*levels, *metric, *how));
}

made make_pasha(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  auto levels = rungs_of(x);
  if (!levels) return levels.error();
  return std::unique_ptr<stopper>(std::make_unique<pasha>(*levels, *metric));
}

constexpr option_description hyperband_list[] = {
    asha_list[0],
    asha_list[1],
    asha_list[2],
    asha_list[3],
    {"brackets", "integer", "how many (with max_steps as many as fit, else 4)", 1, 30},
};
made make_hyperband(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  auto levels = rungs_of(x);
  if (!levels) return levels.error();
  double most = 4;
  if (levels->max_steps > 0) {
    most = 1;  // the last bracket, which has no rung
    for (double at = levels->min_steps; at < levels->max_steps; at *= levels->reduction_factor) ++most;
  }
  auto brackets = number_option(x, "brackets", most);
  if (levels->max_steps > 0 && brackets > most)
    return error{errc::invalid, "early_stopping.brackets: there are " + text::number(most - 1) +
                                    " rungs below max_steps, so at most " + text::number(most) + " brackets differ"};
  return std::unique_ptr<stopper>(
      std::make_unique<hyperband>(*levels, static_cast<std::size_t>(brackets), *metric, d.seed));
}

constexpr option_description mo_asha_list[] = {
    asha_list[1],
    asha_list[2],
    asha_list[3],
    {"tie_break", "string", "who goes on of a front that does not fit: \"spread\" or \"hypervolume\" (spread)"},
    mode_option,
};
made make_mo_asha(const component& x, const definition& d) {
  auto optimized = optimized_in(x, d);
  if (!optimized) return optimized.error();
  auto levels = rungs_of(x);
  if (!levels) return levels.error();
  mo_asha_options o;
  auto how = halving_of(x);
  if (!how) return how.error();
  o.how = *how;
  o.levels = *levels;
  o.metrics = *std::move(optimized);
  for (auto m : metrics_with(d, strategy::constraint)) o.limits.push_back(limit_of(d, m));
  if (auto named = x.options.find("tie_break"); named != x.options.end()) {
    const auto& word = std::get<std::string>(named->second);
    const std::vector<std::string> known{"spread", "hypervolume"};
    if (std::ranges::find(known, word) == known.end())
      return error{errc::invalid, "early_stopping.tie_break: there is no " + quoted(word) + one_of(word, known)};
    if (word == "hypervolume") o.by = tie_break::hypervolume;
  }
  if (o.by == tie_break::hypervolume && o.metrics.size() > 3)
    return error{errc::invalid,
                 "early_stopping.tie_break: \"hypervolume\" is for at most three optimized metrics, here "
                 "are " +
                     std::to_string(o.metrics.size()) + "; take \"spread\""};
  return std::unique_ptr<stopper>(std::make_unique<mo_asha>(std::move(o)));
}

constexpr option_description percentile_list[] = {
    {"metric", "string", "the metric that is judged by; needed where several are optimized"},
    {"percentile", "number", "of the completed trials, counted from the best (25)", 0, 100},
    {"warmup_steps", "number", "nobody is stopped before (0)", 0, many},
    {"interval", "number", "steps between judgements (every report)", 0, many},
    {"min_trials", "integer", "nobody is stopped before so many trials are completed (5)", 1, many},
};
constexpr option_description median_list[] = {percentile_list[0], percentile_list[2], percentile_list[3],
                                              percentile_list[4]};
made make_percentile(const component& x, const definition& d, double usual) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  percentile_options o;
  o.metric = *metric;
  o.percentile = number_option(x, "percentile", usual);
  o.warmup_steps = number_option(x, "warmup_steps", o.warmup_steps);
  o.interval = number_option(x, "interval", o.interval);
  o.min_trials = static_cast<std::size_t>(number_option(x, "min_trials", static_cast<double>(o.min_trials)));
  return std::unique_ptr<stopper>(std::make_unique<percentile>(o));
}

constexpr option_description threshold_list[] = {
    {"metric", "string", "the metric that is judged by; needed where several are optimized"},
    {"step", "number", "by when the value must have been reached", 0, many},
    {"value", "number", "the value that must have been reached (the metric's threshold)", -1e300, 1e300},
};
made make_threshold(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  const auto& judged = d.metrics[*metric];
  if (!x.options.contains("step"))
    return error{errc::invalid, "early_stopping: \"threshold\" needs a step; add \"step\": by when " +
                                    quoted(judged.name) + " must have reached the value"};
  if (!x.options.contains("value") && !judged.threshold)
    return error{errc::invalid, "early_stopping: \"threshold\" needs a value; add \"value\": what " +
                                    quoted(judged.name) + " must have reached by the step"};
  const double value = number_option(x, "value", judged.threshold.value_or(0));
  threshold_options o;
  o.metric = *metric;
  o.step = number_option(x, "step", o.step);
  o.loss = judged.objective == objective::maximize ? -value : value;
  return std::unique_ptr<stopper>(std::make_unique<threshold>(o));
}

constexpr option_description patience_list[] = {
    {"metric", "string", "the metric that is judged by; needed where several are optimized"},
    {"patience", "number", "steps within which it must become better (10)", 1e-9, many},
    {"min_delta", "number", "by more than this (0)", 0, 1e300},
};
made make_patience(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  patience_options o;
  o.metric = *metric;
  o.steps = number_option(x, "patience", o.steps);
  o.min_delta = number_option(x, "min_delta", o.min_delta);
  return std::unique_ptr<stopper>(std::make_unique<patience>(o));
}

constexpr option_description automatic_list[] = {
    {"min_trials", "integer", "nobody is stopped before so many trials are completed (0)", 0, many},
    {"scouts", "integer", "one trial in so many is never stopped, to learn from; 0: none (64)", 0, many},
};
made make_automatic(const component& x, const definition& d) {
  auto optimized = optimized_in(x, d);
  if (!optimized) return optimized.error();
  automatic_options o;
  o.min_trials = static_cast<std::size_t>(number_option(x, "min_trials", static_cast<double>(o.min_trials)));
  o.scouts = static_cast<std::size_t>(number_option(x, "scouts", static_cast<double>(o.scouts)));
  return std::unique_ptr<stopper>(std::make_unique<automatic>(o, *std::move(optimized)));
}

constexpr option_description wilcoxon_list[] = {
    {"metric", "string", "the metric that is judged by; needed where several are optimized"},
    {"p_threshold", "number", "a trial stops when the test's p is below (0.1)", 0, 1},
    {"min_instances", "integer", "nobody is stopped before so many are compared (5)", 1, many},
};
made make_wilcoxon(const component& x, const definition& d) {
  auto metric = metric_of(x, d);
  if (!metric) return metric.error();
  wilcoxon_options o;
  o.metric = *metric;
  o.p_threshold = number_option(x, "p_threshold", o.p_threshold);
  o.min_instances = static_cast<std::size_t>(number_option(x, "min_instances", static_cast<double>(o.min_instances)));
  return std::unique_ptr<stopper>(std::make_unique<wilcoxon>(o));
}

constexpr option_description dominance_list[] = {percentile_list[2], percentile_list[4]};
made make_dominance(const component& x, const definition& d) {
  auto optimized = optimized_in(x, d);
  if (!optimized) return optimized.error();
  dominance_options o;
  o.metrics = *std::move(optimized);
  o.warmup_steps = number_option(x, "warmup_steps", o.warmup_steps);
  o.min_trials = static_cast<std::size_t>(number_option(x, "min_trials", static_cast<double>(o.min_trials)));
  return std::unique_ptr<stopper>(std::make_unique<dominance>(std::move(o)));
}

constexpr option_description extrapolation_list[] = {
    {"level", "number", "a trial stops when its chance is below this share of a new trial's (0.25)", 0, 1},
    {"min_trials", "integer", "nobody is stopped before so many trials are completed (8)", 4, finished_sample::most},
};
made make_extrapolation(const component& x, const definition& d) {
  auto optimized = optimized_in(x, d);
  if (!optimized) return optimized.error();
  extrapolation_options o;
  o.metrics = *std::move(optimized);
  o.level = number_option(x, "level", o.level);
  o.min_trials = static_cast<std::size_t>(number_option(x, "min_trials", static_cast<double>(o.min_trials)));
  return std::unique_ptr<stopper>(std::make_unique<extrapolation>(std::move(o)));
}

constexpr option_description constraint_list[] = {
    {"metric", "string", "the constraint that is judged by; needed where there are several"},
    {"risk", "number", "how likely a trial may be stopped that would have met it (0.05)", 1e-9, 1},
};
made make_constraint(const component& x, const definition& d) {
  const auto constraints = metrics_with(d, strategy::constraint);
  if (!x.options.contains("metric") && constraints.size() != 1)
    return error{errc::invalid,
                 "early_stopping: \"constraint\" judges by one constraint metric, and there are " +
                     std::to_string(constraints.size()) +
                     (constraints.empty() ? "; take another rule" : "; add \"metric\": one of their names")};
  auto named = x.options.contains("metric") ? metric_of(x, d) : result<std::size_t>(constraints[0]);
  if (!named) return named.error();
  const auto& judged = d.metrics[*named];
  if (judged.strategy != strategy::constraint)
    return error{errc::invalid, "early_stopping.metric: " + quoted(judged.name) +
                                    " is no constraint; \"constraint\" judges by a metric with this strategy"};
  return std::unique_ptr<stopper>(
      std::make_unique<constraint>(constraint_options{limit_of(d, *named), number_option(x, "risk", 0.05)}));
}

const stopper_entry* entry_named(std::string_view name) {
  for (const auto& entry : stoppers())
    if (name == entry.name) return &entry;
  return nullptr;
}

}  // namespace

std::span<const stopper_entry> stoppers() {
  static const stopper_entry all[] = {
      {"asha", "asynchronous successive halving: at each rung the best part goes on", make_asha, asha_and_mode},
      {"auto", "stops as much as the completed trials say is worth it; what true stands for", make_automatic,
       automatic_list},
      {"constraint", "stops what can no longer meet a constraint", make_constraint, constraint_list},
      {"dominance", "stops what the medians of completed trials dominate, with several metrics", make_dominance,
       dominance_list},
      {"extrapolation", "stops what will hardly be the best, or on the front", make_extrapolation, extrapolation_list},
      {"hyperband", "successive halving in brackets, some of which judge late", make_hyperband, hyperband_list},
      {"median", "stops what is worse than the median course of completed trials",
       [](const component& x, const definition& d) { return make_percentile(x, d, 50); }, median_list},
      {"mo_asha", "successive halving for several metrics: at each rung the best fronts go on", make_mo_asha,
       mo_asha_list},
      {"pasha", "successive halving that goes no further than until rankings are stable", make_pasha, asha_list},
      {"patience", "stops what does not become better any more", make_patience, patience_list},
      {"percentile", "stops what is worse than a percentile of the completed trials' courses",
       [](const component& x, const definition& d) { return make_percentile(x, d, 25); }, percentile_list},
      {"threshold", "stops what has not reached a value by a step", make_threshold, threshold_list},
      {"wilcoxon", "stops what is worse than the best over noisy instances", make_wilcoxon, wilcoxon_list},
  };
  return all;
}

made make_stopper(const component& named, const definition& x) {
  const auto* entry = entry_named(named.name);
  if (!entry) {
    std::vector<std::string> known;
    for (const auto& e : stoppers()) known.emplace_back(e.name);
    return error{errc::invalid, "early_stopping: there is no rule " + quoted(named.name) + one_of(named.name, known)};
  }
  if (auto sound = check_options(named, entry->options, "early_stopping"); !sound) return sound.error();
  return entry->make(named, x);
}

}  // namespace vilfredo::stopping
