#include <cmath>
#include <type_traits>

#include "tests/sim/invariants.hpp"

namespace vilfredo::sim {

namespace {

std::string named(trial_id x) { return "trial " + std::to_string(x.number); }

/// Whether a command of this kind may imply a fact of that kind.
bool may_imply(const command& c, const events::event& e) {
  auto is = [&]<class... E>(std::type_identity<E>...) { return (std::holds_alternative<E>(e) || ...); };
  using std::type_identity;
  using namespace events;
  return std::visit(
      [&](const auto& what) {
        using C = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<C, ask>)
          return is(type_identity<trial_issued>{});
        else if constexpr (std::is_same_v<C, withdraw>)
          return false;
        else if constexpr (std::is_same_v<C, report>)
          return is(type_identity<progress_reported>{});
        else if constexpr (std::is_same_v<C, heartbeat>)
          return is(type_identity<lease_renewed>{});
        else if constexpr (std::is_same_v<C, complete>)
          return is(type_identity<trial_completed>{}, type_identity<result_discarded>{});
        else if constexpr (std::is_same_v<C, fail>)
          return is(type_identity<trial_failed>{}, type_identity<result_discarded>{});
        else if constexpr (std::is_same_v<C, give_back> || std::is_same_v<C, release_worker>)
          return is(type_identity<trial_returned>{}, type_identity<trial_failed>{}, type_identity<attempt_ended>{});
        else if constexpr (std::is_same_v<C, cancel>)
          return is(type_identity<trial_cancelled>{});
        else if constexpr (std::is_same_v<C, enqueue>)
          return is(type_identity<trial_queued>{});
        else if constexpr (std::is_same_v<C, observe>)
          return is(type_identity<observation_added>{}, type_identity<trial_completed>{},
                    type_identity<trial_failed>{});
        else if constexpr (std::is_same_v<C, observe_many>)
          return is(type_identity<batch_begun>{});
        else if constexpr (std::is_same_v<C, annotate>)
          return is(type_identity<trial_annotated>{});
        else if constexpr (std::is_same_v<C, edit_observation>)
          return is(type_identity<observation_edited>{});
        else if constexpr (std::is_same_v<C, delete_observation>)
          return is(type_identity<observation_deleted>{});
        else if constexpr (std::is_same_v<C, delete_trial>)
          return is(type_identity<observation_deleted>{}, type_identity<trial_deleted>{});
        else if constexpr (std::is_same_v<C, edit_experiment>)
          return is(type_identity<experiment_edited>{});
        else if constexpr (std::is_same_v<C, pause>)
          return is(type_identity<experiment_paused>{});
        else if constexpr (std::is_same_v<C, resume>)
          return is(type_identity<experiment_resumed>{});
        else
          return is(type_identity<experiment_archived>{});
      },
      c);
}

/// Bounds, types and grids of each number, written down a second time; conditions and constraints are space's.
bool inside(const space& domain, const assignments& x) {
  if (x.values.size() != domain.size()) return false;
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const auto& p = domain.dimensions()[i];
    double v = x.values[i];
    if (std::isnan(v)) continue;
    if (p.type == parameter_type::categorical) {
      if (v < 0 || v >= static_cast<double>(p.categories.size()) || v != std::floor(v)) return false;
    } else {
      if (v < p.min || v > p.max) return false;
      if (p.type == parameter_type::integer && v != std::floor(v)) return false;
    }
  }
  return static_cast<bool>(domain.check(x));
}

/// Takes one fact into the record and says what it contradicts.
struct reader {
  invariants& say;
  record& book;
  const fact& x;

  record::seen_trial* trial(trial_id id) {
    auto found = book.trials.find(id.number);
    return found == book.trials.end() || found->second.deleted ? nullptr : &found->second;
  }
  void must(bool holds, const char* invariant, const std::string& what) {
    if (!holds) say.violated(invariant, "fact " + std::to_string(x.sequence) + ": " + what);
  }

  void newcomer(trial_id id, const assignments& point, std::optional<task_index> task) {
    must(!book.trials.contains(id.number), "I4 id-unique", named(id) + " exists already");
    must(inside(*book.space, point), "I8 bounds", named(id) + " lies outside the space");
    must(!task || (*task < book.what.tasks.size() && book.what.tasks[*task].cost < 1), "I8 bounds",
         named(id) + " is of a task that there is not");
    book.trials[id.number].point = point;
    book.trials[id.number].task = task;
  }
  void observed(const observation& o) {
    must(o.id.number > book.highest_observation, "I4 id-unique",
         "observation " + std::to_string(o.id.number) + " came after " + std::to_string(book.highest_observation));
    book.highest_observation = std::max(book.highest_observation, o.id.number);
    book.observations[o.id.number] = o;
  }
  void ended(trial_id id, trial_state how, observation seen) {
    auto* t = trial(id);
    must(t &&
             (t->state == trial_state::running || t->state == trial_state::returned || t->state == trial_state::paused),
         "I6 once-counted", named(id) + " ended once more");
    if (!t) return;
    t->state = how;
    t->observed = seen.id.number;
    seen.trial = id;
    seen.task = t->task;
    seen.point = t->point;
    observed(seen);
  }

  void operator()(const events::experiment_created& e) {
    must(book.facts.empty(), "I4 id-unique", "the experiment was created twice");
    book.what = *e.definition;
    if (auto made = space::make(e.definition->space)) book.space = std::make_shared<const space>(*std::move(made));
  }
  void operator()(const events::experiment_edited& e) {
    if (e.changes.observation_budget) book.what.observation_budget = *e.changes.observation_budget;
    for (auto& m : book.what.metrics)
      if (auto c = e.changes.thresholds.find(m.name); c != e.changes.thresholds.end()) m.threshold = c->second;
  }
  void operator()(const events::trial_queued& e) { newcomer(e.trial, e.point, e.task); }
  void operator()(const events::trial_issued& e) {
    if (e.point) {
      if (e.from == origin::fresh || e.from == origin::stale)
        for (const auto& [id, t] : book.trials)
          must(t.deleted ||
                   (t.state != trial_state::running && t.state != trial_state::returned &&
                    t.state != trial_state::paused) ||
                   !(t.point == *e.point),
               "I8 bounds", named(e.trial) + " repeats what trial " + std::to_string(id) + " is trying");
      newcomer(e.trial, *e.point, e.task);
    }
    auto* t = trial(e.trial);
    must(t && (t->state == trial_state::queued || t->state == trial_state::returned ||
               (t->state == trial_state::paused && t->over)),
         "I5 one-lease", named(e.trial) + " was handed out while somebody held it or after its end");
    if (!t) return;
    must(e.attempt == t->attempt + 1 && e.lease > t->lease, "I5 one-lease",
         named(e.trial) + ": attempt " + std::to_string(e.attempt) + " followed attempt " + std::to_string(t->attempt));
    bool first = t->state == trial_state::queued;
    t->state = trial_state::running;
    t->attempt = e.attempt;
    t->lease = e.lease;
    t->lease_until = e.lease_until;
    t->worker = e.worker;
    if (first)
      must(!book.spends(book.committed() - cost_of(book.what, t->task)), "I7 budget",
           std::to_string(book.committed()) + " trials for a budget of " +
               std::to_string(book.what.observation_budget.value_or(0)));
  }
  void operator()(const events::lease_renewed& e) {
    auto* t = trial(e.trial);
    must(t && (t->state == trial_state::running || (t->state == trial_state::paused && !t->over)) && e.lease > t->lease,
         "I5 one-lease", named(e.trial) + ": a lease was renewed that nobody held");
    if (!t) return;
    t->lease = e.lease;
    t->lease_until = e.lease_until;
  }
  void operator()(const events::progress_reported& e) {
    auto* t = trial(e.trial);
    must(t && e.attempt == t->attempt && t->state != trial_state::paused, "I5 one-lease",
         named(e.trial) + ": a report of another attempt was taken");
  }
  void operator()(const events::trial_completed& e) {
    observation seen;
    seen.id = e.observation;
    seen.values = e.values;
    // It was to stop, but it had come to its end.
    if (auto* t = trial(e.trial); t && t->state == trial_state::stopped) {
      must(t->observed == e.observation.number && t->attempt == e.attempt, "I6 once-counted",
           named(e.trial) + " ended once more");
      t->state = trial_state::completed;
      seen.trial = e.trial;
      seen.point = t->point;
      seen.task = t->task;
      book.observations[seen.id.number] = seen;
      return;
    }
    ended(e.trial, trial_state::completed, seen);
  }
  void operator()(const events::trial_stopped& e) {
    auto* last = book.facts.empty() ? nullptr : std::get_if<events::progress_reported>(&book.facts.back().what);
    auto* t = trial(e.trial);
    must((t && t->state == trial_state::paused) || (last && last->trial == e.trial && last->attempt == e.attempt),
         "I5 one-lease", named(e.trial) + " was stopped without a report of its own");
    observation seen;
    seen.id = e.observation;
    seen.values = e.values;
    seen.stopped_at = e.step;
    ended(e.trial, trial_state::stopped, seen);
  }
  void operator()(const events::trial_paused& e) {
    auto* last = book.facts.empty() ? nullptr : std::get_if<events::progress_reported>(&book.facts.back().what);
    auto* t = trial(e.trial);
    must(t && t->state == trial_state::running && last && last->trial == e.trial && last->attempt == e.attempt,
         "I5 one-lease", named(e.trial) + " was paused without a report of its own");
    if (!t) return;
    t->state = trial_state::paused;
    t->over = false;
  }
  void operator()(const events::attempt_ended& e) {
    auto* t = trial(e.trial);
    must(t && t->state == trial_state::paused && !t->over && t->attempt == e.attempt, "I5 one-lease",
         named(e.trial) + ": an attempt ended that nobody had paused");
    if (t) t->over = true;
  }
  void operator()(const events::trial_failed& e) {
    if (auto* t = trial(e.trial))
      must(e.attempt == t->attempt, "I5 one-lease",
           named(e.trial) + ": attempt " + std::to_string(e.attempt) + " ended attempt " + std::to_string(t->attempt));
    observation seen;
    seen.id = e.observation;
    seen.failure = e.reason.empty() ? "failed" : e.reason;
    ended(e.trial, trial_state::failed, seen);
  }
  void operator()(const events::trial_returned& e) {
    auto* t = trial(e.trial);
    must(t && t->state == trial_state::running && t->attempt == e.attempt, "I5 one-lease",
         named(e.trial) + " was given back by somebody who did not hold it");
    if (!t) return;
    must(e.cause != return_cause::lease_expired || x.at >= t->lease_until, "I5 one-lease",
         named(e.trial) + ": its lease ended early");
    t->state = trial_state::returned;
  }
  void operator()(const events::trial_cancelled& e) {
    if (auto* t = trial(e.trial)) t->state = trial_state::cancelled;
  }
  void operator()(const events::result_discarded&) {}
  void operator()(const events::trial_annotated& e) {
    must(trial(e.trial) != nullptr, "I2 ack-exact", named(e.trial) + " was annotated, but there is none");
  }
  void operator()(const events::batch_begun&) {}
  void operator()(const events::observation_added& e) {
    const auto& o = e.observation;
    must(inside(*book.space, o.point), "I8 bounds",
         "observation " + std::to_string(o.id.number) + " lies outside the space");
    if (o.trial) {
      auto* t = trial(o.trial);
      must(t && ++t->extra <= book.extra_asked[o.trial.number], "I6 once-counted",
           named(o.trial) + " was observed more often than anybody said");
    }
    must(!book.spends(book.committed()), "I7 budget", "an observation went over the budget");
    observed(o);
  }
  void operator()(const events::observation_edited& e) {
    auto o = book.observations.find(e.observation.number);
    if (o == book.observations.end()) return;
    o->second.values = e.values;
    o->second.failure = e.failure;
    o->second.stopped_at.reset();
  }
  void operator()(const events::observation_deleted& e) { book.observations.erase(e.observation.number); }
  void operator()(const events::trial_deleted& e) {
    if (auto* t = trial(e.trial)) t->deleted = true;
  }
  void operator()(const events::plan_made& e) {
    must(e.plan == book.plans + 1, "I4 id-unique", "plan " + std::to_string(e.plan) + " came twice or too early");
    book.plans = e.plan;
    for (const auto& c : e.candidates)
      must(inside(*book.space, c), "I8 bounds", "plan " + std::to_string(e.plan) + " leaves the space");
  }
  void operator()(const events::plan_failed&) {}
  void operator()(const events::experiment_paused&) { book.paused = true; }
  void operator()(const events::experiment_resumed&) { book.paused = book.archived = book.stopped = false; }
  void operator()(const events::experiment_archived&) { book.archived = true; }
  void operator()(const events::experiment_stopped&) { book.stopped = true; }
};

}  // namespace

void invariants::durable(experiment_id experiment, const fact& x) {
  auto& book = of(experiment);
  if (x.sequence != book.facts.size() + 1)
    violated("I4 id-unique", "fact " + std::to_string(x.sequence) + " became durable after " +
                                 std::to_string(book.facts.size()) + " facts");
  if (!book.facts.empty() && x.at < book.facts.back().at)
    violated("I12 monotonic", "fact " + std::to_string(x.sequence) + " is older than the one before it");
  if (!x.request_id.empty()) {
    if (!book.fact_of.emplace(x.request_id, book.facts.size()).second)
      violated("I3 maybe-bounded", "request " + x.request_id + " was carried out twice");
    auto known = book.commands.find(x.request_id);
    if (known != book.commands.end() && !may_imply(known->second, x.what))
      violated("I6 once-counted", "request " + x.request_id + " led to a fact of another kind");
  }
  std::visit(reader{*this, book, x}, x.what);
  book.facts.push_back(x);
}

}  // namespace vilfredo::sim
