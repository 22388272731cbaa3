#include "core/trial_end.hpp"

#include <algorithm>
#include <cmath>

#include "core/closest.hpp"

namespace vilfredo {

namespace {

void keep(std::map<std::string, measurement>& in, const std::vector<measurement>& values) {
  for (const auto& v : values)
    if (in.contains(v.metric) || in.size() < run_output::most_names) in[v.metric] = v;
}

std::vector<measurement> list(const std::map<std::string, measurement>& from) {
  std::vector<measurement> out;
  for (const auto& [name, value] : from) out.push_back(value);
  return out;
}

/// The metrics' values in the metrics' order, or why they are not a result.
result<std::vector<measurement>> result_of(const std::vector<measurement>& values, const std::vector<metric>& metrics,
                                           const std::string& misreport) {
  for (const auto& v : values)
    if (std::ranges::find(metrics, v.metric, &metric::name) == metrics.end()) {
      std::vector<std::string> names;
      for (const auto& m : metrics) names.push_back(m.name);
      return error{errc::invalid,
                   "reported \"" + v.metric + "\", which is not a metric" + did_you_mean(v.metric, names)};
    }
  std::vector<measurement> out;
  for (const auto& m : metrics) {
    auto v = std::ranges::find(values, m.name, &measurement::metric);
    bool known = v != values.end();
    if (m.strategy == strategy::store && !(known && std::isfinite(v->value))) continue;
    if (!known) {
      auto what = "did not report metric \"" + m.name + "\"";
      if (!misreport.empty())
        what += "; a line could not be read: " + misreport;
      else if (values.empty())
        what += "; it printed no report, such as {\"metrics\": {\"" + m.name + "\": 0.5}}";
      return error{errc::invalid, std::move(what)};
    }
    if (!std::isfinite(v->value)) return error{errc::invalid, "metric \"" + m.name + "\" is not a finite number"};
    if (v->stddev && !(std::isfinite(*v->stddev) && *v->stddev >= 0))
      return error{errc::invalid, "metric \"" + m.name + "\": stddev must be a number from 0"};
    out.push_back(*v);
  }
  return out;
}

std::string with_last_words(std::string what, const run_exit& how) {
  return how.last_words.empty() ? what : what + ": " + how.last_words;
}

}  // namespace

void run_output::take(const run_message& said) {
  if (auto* r = std::get_if<run_report>(&said))
    keep(r->step ? reported_ : final_, r->values);
  else if (auto* f = std::get_if<run_failure>(&said))
    failure_ = f->reason.empty() ? "failed" : f->reason;
  else if (auto* m = std::get_if<run_misreport>(&said); m && misreport_.empty())
    misreport_ = m->reason;
}

std::vector<measurement> run_output::values() const {
  auto merged = final_;
  merged.insert(reported_.begin(), reported_.end());
  return list(merged);
}

std::vector<measurement> run_output::final_values() const { return list(final_); }

run_end conclude(const run_exit& how, const run_output& said, const std::vector<metric>& metrics) {
  if (machine_refused(how)) return run_returned{return_cause::interrupted, "could not start: " + how.start_failure};
  if (!how.start_failure.empty()) return run_returned{return_cause::machine, "could not start: " + how.start_failure};
  if (said.failure()) return run_failed{*said.failure()};
  bool ended_well = how.code == 0 && !how.signal;
  if (how.stopped && !how.timed_out) {
    // It may have come to its end just then: work that is done is not done again.
    auto values = result_of(said.final_values(), metrics, {});
    if (ended_well && values) return run_completed{*std::move(values)};
    return run_returned{return_cause::interrupted, "stopped before its end"};
  }
  if (how.timed_out) return run_failed{with_last_words("ran longer than its time-out", how)};
  if (how.signal)
    return run_returned{return_cause::machine, with_last_words("ended by signal " + std::to_string(*how.signal), how)};
  if (how.code == exit_try_again)
    return run_returned{return_cause::machine, with_last_words("exit code 75 (try again later)", how)};
  if (!ended_well)
    return run_failed{
        with_last_words(how.code ? "exit code " + std::to_string(*how.code) : "ended in an unknown way", how)};
  auto values = result_of(said.values(), metrics, said.misreport());
  if (values) return run_completed{*std::move(values)};
  return run_failed{values.error().message};
}

}  // namespace vilfredo
