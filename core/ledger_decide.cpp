#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

#include "core/beyond_bounds.hpp"
#include "core/closest.hpp"
#include "core/ledger.hpp"
#include "core/planted.hpp"

namespace vilfredo {

namespace {

std::string named(trial_id x) { return "trial " + std::to_string(x.number); }
error missing(trial_id x) { return {errc::not_found, "there is no " + named(x)}; }
error missing(observation_id x) { return {errc::not_found, "there is no observation " + std::to_string(x.number)}; }

constexpr double infinity = std::numeric_limits<double>::infinity();

struct measured {
  std::vector<double> values, stddevs;
};

enum class completeness { any, final };

error unknown_metric(const definition& d, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& m : d.metrics) names.push_back(m.name);
  return {errc::invalid, "\"" + name + "\" is not a metric of \"" + d.name + "\"" + did_you_mean(name, names)};
}

result<measured> by_metric(const definition& d, const std::vector<measurement>& given, completeness needed) {
  measured out;
  out.values.assign(d.metrics.size(), absent);
  for (const auto& g : given) {
    auto m = std::ranges::find(d.metrics, g.metric, &metric::name);
    if (m == d.metrics.end()) {
      return unknown_metric(d, g.metric);
    }
    auto i = static_cast<std::size_t>(m - d.metrics.begin());
    if (needed == completeness::final && m->strategy != strategy::store && !std::isfinite(g.value))
      return error{errc::invalid, "metric \"" + g.metric + "\" is not a finite number; report a failure instead"};
    // On the way, what is not finite is as bad as can be: rules must not take it for absent.
    if (std::isfinite(g.value) || needed == completeness::final)
      out.values[i] = std::isfinite(g.value) ? g.value : absent;
    else
      out.values[i] = m->objective == objective::maximize ? -infinity : infinity;
    if (g.stddev) {
      if (!(*g.stddev >= 0) || !std::isfinite(*g.stddev))
        return error{errc::invalid, "metric \"" + g.metric + "\": stddev must be a number from 0"};
      if (out.stddevs.empty()) out.stddevs.assign(d.metrics.size(), absent);
      out.stddevs[i] = *g.stddev;
    }
  }
  if (needed == completeness::final)
    for (std::size_t i = 0; i < d.metrics.size(); ++i)
      if (d.metrics[i].strategy != strategy::store && std::isnan(out.values[i]))
        return error{errc::invalid, "metric \"" + d.metrics[i].name + "\" is missing"};
  return out;
}

/// Doubles each time from one second, at most five minutes.
duration backoff(std::uint32_t crashes) {
  using namespace std::chrono_literals;
  return std::min<duration>(std::chrono::seconds{1} * (1 << std::min(crashes, 10u)), 5min);
}

bool same_values(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

constexpr duration longest_lease = std::chrono::hours{24 * 365};
error not_handed_out(const trial& t) { return {errc::conflict, named(t.id) + " has not been handed out yet"}; }

constexpr std::size_t longest_reason = 2000;
std::string shortened(std::string text) {
  if (text.size() > longest_reason) {
    auto cut = longest_reason;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not inside a character
    text.resize(cut);
    text += "…";
  }
  return text;
}

}  // namespace

/// One overload a command.
struct ledger_decider {
  const ledger& book;
  time_point now;
  using outcome = result<decision>;

  outcome operator()(const ask&) const { return error{errc::internal, "the engine decides asks"}; }

  outcome operator()(const withdraw&) const { return error{errc::internal, "the engine knows who waits"}; }

  outcome operator()(const report& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (!std::isfinite(c.step) || c.step < 0) return error{errc::invalid, "step must be a number from 0"};
    auto values = by_metric(book.definition(), c.values, completeness::any);
    if (!values) return values.error();
    if (t->state == trial_state::queued) return not_handed_out(*t);
    if (auto stop = over(*t, c.attempt)) return decision{{}, *stop};
    if (t->reports.size() >= ledger::most_reports)
      return error{errc::overloaded,
                   named(c.trial) + " has " + std::to_string(t->reports.size()) + " reports; report less often"};
    return decision{{events::progress_reported{c.trial, c.attempt, c.step, std::move(values->values)}}, advice{}};
  }

  outcome operator()(const heartbeat& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (c.lease <= duration{0} || c.lease > longest_lease)
      return error{errc::invalid, "lease must be longer than nothing and at most a year"};
    if (t->state == trial_state::queued) return not_handed_out(*t);
    auto told = over(*t, c.attempt).value_or(advice{});
    // The program of a paused trial still writes what it needs to go on.
    const bool held = t->state == trial_state::running || (told.pause && !t->attempt_over);
    // A fact only when half the lease is gone: a heartbeat a second need not be a disk write a second.
    if (told.over || !held || t->lease_until == forever || t->lease_until - now > c.lease / 2)
      return decision{{}, told};
    return decision{{events::lease_renewed{c.trial, t->lease + 1, now + c.lease}}, told};
  }

  outcome operator()(const complete& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    auto values = by_metric(book.definition(), c.values, completeness::final);
    if (!values) return values.error();
    if (auto refused = never_had(*t, c.attempt)) return *refused;
    if (!t->open()) {
      const observation* seen = book.find(t->observed);
      if (t->state == trial_state::stopped && c.attempt == t->ended_by && seen)
        return decision{{events::trial_completed{c.trial, c.attempt, t->observed, std::move(values->values),
                                                 std::move(values->stddevs), false}},
                        recorded{c.trial, t->observed, false, true}};
      if (t->state == trial_state::completed && seen && same_values(seen->values, values->values))
        return decision{{}, recorded{c.trial, t->observed, false, true}};
      if (t->state == trial_state::completed && seen && c.attempt == t->ended_by)
        return error{errc::conflict, named(c.trial) + " was completed with other values; edit observation " +
                                         std::to_string(t->observed.number) + " to change them"};
      if (VILFREDO_BUG(counted_twice) && t->state == trial_state::completed) {
        observation again;
        again.id = book.next_observation();
        again.trial = c.trial;
        again.point = t->point;
        again.values = std::move(values->values);
        return decision{{events::observation_added{again}}, recorded{c.trial, again.id, true, true}};
      }
      return decision{{events::result_discarded{c.trial, c.attempt, std::move(values->values)}},
                      recorded{c.trial, t->observed, true, false}};
    }
    // Late results count too: the work was done, and dropping it would make a slow worker useless.
    bool late = t->state == trial_state::returned || c.attempt < t->attempt;
    auto observed = book.next_observation();
    return decision{{events::trial_completed{c.trial, c.attempt, observed, std::move(values->values),
                                             std::move(values->stddevs), late}},
                    recorded{c.trial, observed, late, true}};
  }

  outcome operator()(const fail& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (auto refused = never_had(*t, c.attempt)) return *refused;
    if (!t->open() || (c.attempt < t->attempt && !VILFREDO_BUG(attempt_not_fenced))) {
      if (t->state == trial_state::failed) return decision{{}, recorded{c.trial, t->observed, false, true}};
      // An old attempt's failure says nothing against a newer attempt's result.
      return decision{{events::result_discarded{c.trial, c.attempt, {}}}, recorded{c.trial, t->observed, true, false}};
    }
    auto observed = book.next_observation();
    return decision{{events::trial_failed{c.trial, c.attempt, observed, reason_or(c.reason, "failed")}},
                    recorded{c.trial, observed, t->state == trial_state::returned, true}};
  }

  outcome operator()(const give_back& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (auto refused = never_had(*t, c.attempt)) return *refused;
    if (t->state == trial_state::paused && !t->attempt_over && c.attempt == t->attempt)
      return decision{{events::attempt_ended{c.trial, c.attempt, c.checkpoint}}, given_back{c.trial, true}};
    if (t->state != trial_state::running || c.attempt < t->attempt) return decision{{}, given_back{c.trial, t->open()}};
    auto event = returned(*t, c.cause, c.reason);
    bool again = std::holds_alternative<events::trial_returned>(event);
    return decision{{std::move(event)}, given_back{c.trial, again}};
  }

  outcome operator()(const release_worker& c) const {
    decision out;
    std::uint64_t next = book.next_observation().number;
    for (auto id : book.open_trials()) {
      const trial& t = *book.find(id);
      if (t.worker != c.worker) continue;
      if (t.state == trial_state::paused && !t.attempt_over)
        out.events.push_back(events::attempt_ended{id, t.attempt, std::nullopt});
      if (t.state != trial_state::running) continue;
      auto event = returned(t, return_cause::worker_lost, c.reason);
      if (auto* failed = std::get_if<events::trial_failed>(&event)) failed->observation.number = next++;
      out.events.push_back(std::move(event));
    }
    return out;
  }

  outcome operator()(const cancel& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (t->state == trial_state::cancelled) return decision{};
    if (!t->open())
      return error{errc::conflict, named(c.trial) + " has ended (" + to_string(t->state) + "); it cannot be cancelled"};
    return decision{{events::trial_cancelled{c.trial, reason_or(c.reason, "cancelled")}}, done{}};
  }

  outcome operator()(const enqueue& c) const {
    auto point = read_beyond_bounds(book.space(), c.assignments);
    if (!point) return point.error();
    auto task = task_named(book.definition(), c.task);
    if (!task) return task.error();
    if (book.count(trial_state::queued) >= ledger::most_queued)
      return error{errc::overloaded, "the queue is full (" + std::to_string(ledger::most_queued) + " trials)"};
    auto id = book.next_trial();
    return decision{{events::trial_queued{id, *std::move(point), *task, c.metadata}}, enqueued{id}};
  }

  outcome operator()(const observe& c) const {
    auto seen = see(c, book.next_observation(), {}, 0);
    if (!seen) return seen.error();
    return decision{{std::move(seen->event)}, seen->reply};
  }

  outcome operator()(const observe_many& c) const {
    decision out;
    recorded_many reply;
    if (c.items.empty()) return decision{{}, reply};
    const auto first = book.next_observation();
    out.events.push_back(events::batch_begun{static_cast<std::uint32_t>(c.items.size()), first});
    std::set<trial_id> ended;
    double more = 0;
    for (std::size_t i = 0; i < c.items.size(); ++i) {
      auto seen = see(c.items[i], {first.number + i}, ended, more);
      if (!seen)
        return error{seen.error().code, "observation " + std::to_string(i + 1) + "/" + std::to_string(c.items.size()) +
                                            ": " + seen.error().message};
      if (std::holds_alternative<events::observation_added>(seen->event))
        ++more;
      else
        ended.insert(seen->reply.trial);
      out.events.push_back(std::move(seen->event));
      reply.items.push_back(seen->reply);
    }
    out.reply = std::move(reply);
    return out;
  }

  outcome operator()(const edit_observation& c) const {
    if (!book.find(c.observation)) return missing(c.observation);
    events::observation_edited event{c.observation, {}, {}, shortened(c.failure), c.metadata};
    if (c.failure.empty()) {
      auto values = by_metric(book.definition(), c.values, completeness::final);
      if (!values) return values.error();
      event.values = std::move(values->values);
      event.stddevs = std::move(values->stddevs);
    }
    return decision{{std::move(event)}, done{}};
  }

  outcome operator()(const delete_observation& c) const {
    if (!book.find(c.observation)) return missing(c.observation);
    return decision{{events::observation_deleted{c.observation}}, done{}};
  }

  outcome operator()(const delete_trial& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    if (t->open() && t->state != trial_state::queued)
      return error{errc::conflict, named(c.trial) + " has not ended; cancel it before deleting it"};
    decision out;
    for (const auto& seen : book.observations())
      if (seen.trial == c.trial) out.events.push_back(events::observation_deleted{seen.id});
    out.events.push_back(events::trial_deleted{c.trial});
    return out;
  }

  outcome operator()(const edit_experiment& c) const {
    auto next = book.definition();
    if (c.name) next.name = *c.name;
    if (c.observation_budget) next.observation_budget = *c.observation_budget;
    if (c.parallel_bandwidth) next.parallel_bandwidth = *c.parallel_bandwidth;
    if (c.stop_when) next.stop_when = *c.stop_when;
    if (c.metadata) next.metadata = *c.metadata;
    change(next.labels, c.labels);
    for (const auto& [name, threshold] : c.thresholds) {
      auto m = std::ranges::find(next.metrics, name, &metric::name);
      if (m == next.metrics.end()) return unknown_metric(next, name);
      m->threshold = threshold;
    }
    if (auto sound = validate(next); !sound) return sound.error();
    // One that changes nothing is a fact, too: who looks for the last change finds it.
    return decision{{events::experiment_edited{c}}, done{}};
  }

  outcome operator()(const annotate& c) const {
    const trial* t = book.find(c.trial);
    if (!t) return missing(c.trial);
    bool same = (!c.metadata || *c.metadata == t->metadata) && (!c.hidden || *c.hidden == t->hidden);
    if (same) return decision{};
    return decision{{events::trial_annotated{c.trial, c.metadata, c.hidden}}, done{}};
  }

  outcome operator()(const pause&) const {
    if (book.paused_) return decision{};
    return decision{{events::experiment_paused{}}, done{}};
  }
  outcome operator()(const resume&) const {
    if (!book.paused_ && !book.archived_) {
      if (book.state() == experiment_state::finished)
        return error{errc::conflict, "the budget of \"" + book.definition().name +
                                         "\" is spent; raise observation_budget in the job file, then run the job"};
      if (!book.stopped_) return decision{};
      if (auto rule = still_fulfilled()) return *rule;
    }
    return decision{{events::experiment_resumed{}}, done{}};
  }
  outcome operator()(const archive&) const {
    if (book.state() == experiment_state::archived) return decision{};
    return decision{{events::experiment_archived{}}, done{}};
  }

private:
  /// Why an experiment that a rule has stopped cannot go on as it is.
  std::optional<error> still_fulfilled() const {
    auto going_on = book;
    going_on.stopped_ = false;
    auto rule = going_on.rule_fulfilled();
    if (auto seconds = book.definition().stop_when.seconds; !rule && seconds && book.first_issued()) {
      auto passed = std::chrono::duration<double>(now - *book.first_issued()).count();
      if (passed >= *seconds) rule.emplace(events::experiment_stopped{"seconds", book.stop_reason()});
    }
    if (!rule) return std::nullopt;
    const auto name = "\"" + book.definition().name + "\"";
    if (rule->rule == "space")
      return error{errc::conflict, name + " has tried every configuration there is; for a larger space start an "
                                          "experiment of another name"};
    return error{errc::conflict,
                 name + " was stopped by stop_when." + rule->rule + " (" + rule->reason +
                     ") and would be again at once; " +
                     (rule->rule == "target"                                                 ? "set another"
                      : rule->rule == "stagnation" && book.definition().stop_when.improbable ? "lower its probability"
                                                                                             : "raise it") +
                     " or take it out of the job file, then run the job"};
  }

  struct seen_once {
    events::event event;
    recorded reply;
  };
  /// An observation as number `as`. `ended`: trials that the same command ends before it; `more`: the budget that it
  /// uses before it.
  result<seen_once> see(const observe& c, observation_id as, const std::set<trial_id>& ended, double more) const {
    measured seen;
    if (c.failure.empty()) {
      auto values = by_metric(book.definition(), c.values, completeness::final);
      if (!values) return values.error();
      seen = *std::move(values);
    }
    observation out;
    if (c.trial) {
      const trial* t = book.find(*c.trial);
      if (!t) return missing(*c.trial);
      if (t->state == trial_state::queued) return not_handed_out(*t);
      if (t->open() && !ended.contains(t->id)) {
        recorded reply{t->id, as, t->state == trial_state::returned, true};
        if (!c.failure.empty())
          return seen_once{events::trial_failed{t->id, t->attempt, as, shortened(c.failure), c.metadata}, reply};
        return seen_once{events::trial_completed{t->id, t->attempt, as, std::move(seen.values), std::move(seen.stddevs),
                                                 reply.late, c.metadata},
                         reply};
      }
      out.trial = t->id;
      out.point = t->point;
      out.task = t->task;
    } else {
      auto point = read_beyond_bounds(book.space(), c.assignments);
      if (!point) return point.error();
      out.point = *std::move(point);
      auto task = task_named(book.definition(), c.task);
      if (!task) return task.error();
      out.task = *task;
    }
    if (!book.budget_left(more))
      return error{errc::exhausted, "the budget of \"" + book.definition().name +
                                        "\" is spent or being tried; raise it to add observations"};
    out.id = as;
    out.values = std::move(seen.values);
    out.stddevs = std::move(seen.stddevs);
    out.failure = shortened(c.failure);
    out.metadata = c.metadata;
    out.at = now;
    return seen_once{events::observation_added{out}, {out.trial, as, false, true}};
  }

  /// Why attempt `attempt` should not go on, if so.
  std::optional<advice> over(const trial& t, std::uint32_t attempt) const {
    if (!t.open())
      return advice{true, named(t.id) + " has ended: " + to_string(t.state) + (t.reason.empty() ? "" : ", ") + t.reason,
                    true};
    if (t.state == trial_state::paused && attempt == t.attempt) return advice{true, t.reason, false, true};
    if (attempt < t.attempt)
      return advice{true, named(t.id) + " was given to attempt " + std::to_string(t.attempt), true};
    if (attempt > t.attempt) return advice{true, named(t.id) + " has no attempt " + std::to_string(attempt), true};
    return std::nullopt;
  }

  std::optional<error> never_had(const trial& t, std::uint32_t attempt) const {
    if (t.state == trial_state::queued) return not_handed_out(t);
    if (attempt == 0 || attempt > t.attempt)
      return error{errc::invalid, named(t.id) + " has no attempt " + std::to_string(attempt)};
    return std::nullopt;
  }

  static std::string reason_or(const std::string& given, const char* otherwise) {
    return given.empty() ? otherwise : shortened(given);
  }

  /// Another attempt, or the end when none is left.
  events::event returned(const trial& t, return_cause cause, const std::string& why) const {
    auto reason = reason_or(why, to_string(cause));
    auto again = [&](time_point at) -> events::event {
      return events::trial_returned{t.id, t.attempt, cause, reason, at};
    };
    auto failed = [&](const std::string& more) -> events::event {
      return events::trial_failed{t.id, t.attempt, book.next_observation(), shortened(reason + more)};
    };
    switch (cause) {
    case return_cause::interrupted: return again(now);
    case return_cause::lease_expired:
    case return_cause::worker_lost:
      if (t.losses + 1 < ledger::most_losses) return again(now);
      return failed(" (lost " + std::to_string(t.losses + 1) + " times)");
    case return_cause::machine: {
      auto retries = book.definition().run ? book.definition().run->retries : 0;
      if (t.crashes < retries) return again(now + backoff(t.crashes));
      return failed(retries ? " (after " + std::to_string(t.crashes + 1) + " attempts)" : "");
    }
    }
    return again(now);
  }
};

result<decision> ledger::decide(const command& what, time_point now) const {
  return std::visit(ledger_decider{*this, now}, what);
}

}  // namespace vilfredo
