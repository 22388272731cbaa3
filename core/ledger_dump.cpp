#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "core/ledger.hpp"

namespace vilfredo {

namespace {

struct text {
  std::string out;

  text& operator<<(const char* s) { return out += s, *this; }
  text& operator<<(const std::string& s) {
    out += std::to_string(s.size());
    out += ':';
    out += s;
    return *this;
  }
  text& operator<<(double x) {
    if (std::isnan(x)) return *this << "-";
    char buffer[32];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, x).ptr;
    out.append(buffer, end);
    return *this;
  }
  text& operator<<(std::uint64_t x) { return out += std::to_string(x), *this; }
  text& operator<<(const metadata_map& x) {
    for (const auto& [key, value] : x) {
      *this << "metadata " << key << " ";
      std::visit([&](const auto& v) { *this << v; }, value);
      *this << "\n";
    }
    return *this;
  }
  text& operator<<(time_point x) {
    out += std::to_string(x.time_since_epoch().count());
    return *this;
  }
  text& operator<<(const std::vector<double>& xs) {
    out += '[';
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (i) out += ' ';
      *this << xs[i];
    }
    out += ']';
    return *this;
  }
};

}  // namespace

std::string ledger::dump() const {
  text t;
  const auto& d = *definition_;
  t << "experiment " << d.name << " " << to_string(state()) << " facts " << facts_ << " revision " << revision_
    << " bandwidth " << std::uint64_t{d.parallel_bandwidth} << " budget "
    << (d.observation_budget ? std::to_string(*d.observation_budget) : "none") << " created " << created_ << " last "
    << last_at_ << " first issued " << first_issued_.value_or(time_point{}) << (paused_ ? " paused" : "")
    << (archived_ ? " archived" : "") << (stopped_ ? " stopped " : " ") << stop_reason_ << " next observation "
    << next_observation_ << " steps " << steps_ << " consumed " << consumed() << " committed " << committed() << "\n";
  const auto& rules = d.stop_when;
  t << "rules " << rules.seconds.value_or(absent) << " " << rules.failed.value_or(0) << " "
    << rules.stagnation.value_or(0);
  for (const auto& [name, target] : rules.target) t << " " << name << " " << target;
  if (rules.improbable) t << " improbable " << rules.improbable->observations << " " << rules.improbable->probability;
  if (rules.steps) t << " steps " << *rules.steps;
  for (const auto& [name, total] : rules.cost) t << " cost " << name << " " << total;
  t << "\n";
  t << d.metadata;
  for (const auto& [name, value] : d.labels) t << "label " << name << " " << value << "\n";
  for (const auto& m : d.metrics) t << "metric " << m.name << " " << m.threshold.value_or(absent) << "\n";
  for (std::size_t n = 0; n < trials_.size(); ++n) {
    if (!trials_[n]) {
      t << "trial " << std::uint64_t{n + 1} << " deleted\n";
      continue;
    }
    const trial& x = *trials_[n];
    t << "trial " << x.id.number << " " << to_string(x.state) << " " << to_string(x.from) << " " << x.point.values
      << " attempt " << std::uint64_t{x.attempt} << " losses " << std::uint64_t{x.losses} << " crashes "
      << std::uint64_t{x.crashes} << " lease " << x.lease << " until " << x.lease_until << " worker " << x.worker
      << " based " << x.based_on << " at " << x.issued << " " << x.ended << " retry " << x.retry_at << " by "
      << std::uint64_t{x.ended_by} << " observed " << x.observed.number << " reason " << x.reason;
    if (x.task) t << " task " << std::uint64_t{*x.task};
    t << " began " << x.began << " ran " << std::to_string(x.ran.count());
    if (x.paused_at) t << " paused at " << *x.paused_at << (x.attempt_over ? " over" : "");
    if (x.checkpoint) t << (*x.checkpoint ? " with" : " without") << " checkpoint";
    t << (x.hidden ? " hidden\n" : "\n");
    if (x.metadata) t << *x.metadata;
    for (const auto& r : x.reports)
      t << " report " << r.step << " " << std::uint64_t{r.attempt} << " " << r.values << "\n";
  }
  for (const auto& o : observations_) {
    t << "observation " << o.id.number << " trial " << o.trial.number << " " << o.point.values << " " << o.values << " "
      << o.stddevs << " failure " << o.failure << (o.stopped_at ? " stopped " : " ") << o.stopped_at.value_or(absent)
      << " at " << o.at << (o.task ? " task " + std::to_string(*o.task) : std::string{}).c_str() << "\n";
    if (o.metadata) t << *o.metadata;
  }
  for (const auto& o : deleted_observations_) t << "deleted " << o.id.number << "\n";
  t << "queue";
  for (auto id : queue_) t << " " << id.number;
  t << "\nretries";
  for (const auto& [at, id] : retries_) t << " " << at << "/" << id.number;
  t << "\nfront";
  for (auto id : summary_.front()) t << " " << id.number;
  t << "\nsummary " << summary_.observations() << " " << summary_.failed() << " " << summary_.ineligible() << " "
    << summary_.since_improvement() << " " << summary_.reference() << "\n";
  for (const auto& p : serving_.plans()) {
    t << "plan " << p.number << " based " << p.based_on << (p.timeless ? " timeless" : "");
    for (std::size_t i = 0; i < p.candidates.size(); ++i) {
      t << (p.used[i] ? " -" : " +") << p.candidates[i].values;
      if (!p.tasks.empty()) t << "/" << std::uint64_t{p.tasks[i]};
    }
    t << "\n";
  }
  t << "plans " << plans_ << " candidates " << candidates_planned_ << " planned " << last_planned_ << " sequence "
    << sequence_used_ << " hint " << hint_ << (sampler_done_ ? " done" : "") << "\n";
  std::vector<std::pair<request_key, memo>> requests;
  requests.reserve(requests_.size());
  requests_.visit([&](const request_key& key, const memo& m) { requests.emplace_back(key, m); });
  std::ranges::sort(requests, {}, [](const auto& r) { return r.first; });
  for (const auto& [key, m] : requests)
    t << "request " << key[0] << " " << key[1] << " " << std::uint64_t{m.event} << " " << std::uint64_t{m.attempt}
      << " " << m.trial.number << " " << m.observation.number << (m.late ? " late" : "") << "\n";
  return std::move(t.out);
}

}  // namespace vilfredo
