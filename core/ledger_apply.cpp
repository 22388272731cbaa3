#include <algorithm>

#include "core/ledger.hpp"
#include "core/planted.hpp"
#include "core/request_id.hpp"

namespace vilfredo {

namespace {
error impossible(std::string what) { return {errc::internal, std::move(what)}; }
std::string named(trial_id x) { return "trial " + std::to_string(x.number); }
std::string named(observation_id x) { return "observation " + std::to_string(x.number); }

void count_down(hash_table<std::uint64_t, std::uint32_t>& counts, std::uint64_t print) {
  if (--counts[print] == 0) counts.erase(print);
}
}  // namespace

result<ledger> ledger::open(const fact& created) {
  auto* first = std::get_if<events::experiment_created>(&created.what);
  if (!first || created.sequence != 1 || !first->definition)
    return impossible("the first fact of an experiment must create it");
  auto checked = validate(*first->definition);
  if (!checked) return checked.error();
  ledger out;
  out.definition_ = first->definition;
  out.space_ = std::make_shared<const vilfredo::space>(*std::move(checked));
  out.summary_ = vilfredo::summary{*out.definition_};
  out.facts_ = 1;
  out.created_ = out.last_at_ = created.at;
  if (!created.request_id.empty()) out.requests_[key_of(created.request_id)] = memo{};
  if (print_of(created.request_id) != 0) out.requests_[key_of(any_print(created.request_id))] = memo{};
  return out;
}

void ledger::move(trial& x, trial_state to, time_point now) {
  const bool was_held = x.held();
  if (x.state == trial_state::queued && to != trial_state::queued) {
    // Nearly always the first; looking through a long queue for it would make each issue slower.
    if (queue_.front() == x.id)
      queue_.pop_front();
    else
      std::erase(queue_, x.id);
  }
  if (x.state == trial_state::returned) retries_.erase({x.retry_at, x.id});
  if (x.state == trial_state::running) x.ran += now - x.began;
  --counts_[static_cast<std::size_t>(x.state)];
  ++counts_[static_cast<std::size_t>(to)];
  x.state = to;
  if (!was_held && x.held()) {
    ++pending_[fingerprint(x.point)];
    if (x.task) ++held_cheaper_[*x.task];
  }
  if (was_held && !x.held()) {
    count_down(pending_, fingerprint(x.point));
    if (x.task) --held_cheaper_[*x.task];
  }
  if (!x.open()) open_.erase(x.id);
}

void ledger::learn(observation x) {
  ++seen_[fingerprint(x.point)];
  next_observation_ = x.id.number + 1;
  if (x.task) ++seen_cheaper_[*x.task];
  summary_.add(x);
  observations_.append(std::move(x));
  ++revision_;
}

/// One overload an event: checks that it can follow, then folds it in.
struct ledger_applier {
  ledger& book;
  const fact& what;
  /// What the answer to the fact's command said of the state before it.
  bool late = false;
  observation_id already;
  using outcome = result<void>;

  std::size_t metrics() const { return book.definition_->metrics.size(); }
  /// Nothing, or a task of the definition that is cheaper than a full trial.
  bool known(std::optional<task_index> task) const {
    return !task || (*task < book.definition_->tasks.size() && book.definition_->tasks[*task].cost < 1);
  }

  outcome operator()(const events::experiment_created&) { return impossible("the experiment exists already"); }

  outcome operator()(const events::experiment_edited& e) {
    auto next = *book.definition_;
    const auto& c = e.changes;
    if (c.name) next.name = *c.name;
    if (c.observation_budget) next.observation_budget = *c.observation_budget;
    if (c.parallel_bandwidth) next.parallel_bandwidth = *c.parallel_bandwidth;
    if (c.stop_when) next.stop_when = *c.stop_when;
    if (c.metadata) next.metadata = *c.metadata;
    change(next.labels, c.labels);
    for (const auto& [name, threshold] : c.thresholds) {
      auto m = std::ranges::find(next.metrics, name, &metric::name);
      if (m == next.metrics.end()) return impossible("no metric \"" + name + "\"");
      m->threshold = threshold;
    }
    book.definition_ = std::make_shared<const definition>(std::move(next));
    if (!c.thresholds.empty()) {
      book.summary_.rebuild(*book.definition_, book.observations_);
      ++book.revision_;
    }
    return {};
  }

  outcome operator()(const events::trial_queued& e) {
    if (e.trial != book.next_trial()) return impossible(named(e.trial) + " is out of order");
    if (e.point.values.size() != book.space_->size()) return impossible(named(e.trial) + " has foreign assignments");
    if (!known(e.task)) return impossible(named(e.trial) + " has a foreign task");
    trial t;
    t.id = e.trial;
    t.point = e.point;
    t.task = e.task;
    t.metadata = e.metadata;
    t.began = what.at;
    book.trials_.push_back(std::move(t));
    ++book.counts_[static_cast<std::size_t>(trial_state::queued)];
    book.open_.insert(e.trial);
    book.queue_.push_back(e.trial);
    return {};
  }

  outcome operator()(const events::trial_issued& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t) {
      if (e.trial != book.next_trial() || !e.point || e.attempt != 1)
        return impossible(named(e.trial) + " is out of order");
      if (e.point->values.size() != book.space_->size()) return impossible(named(e.trial) + " has foreign assignments");
      if (auto queued = (*this)(events::trial_queued{e.trial, *e.point, e.task, {}}); !queued) return queued;
      t = book.find_mutable(e.trial);
      t->from = e.from;
      t->based_on = e.based_on;
    }
    const bool resumed = t->state == trial_state::paused && (t->attempt_over || VILFREDO_BUG(resumed_too_early));
    if ((t->state != trial_state::queued && t->state != trial_state::returned && !resumed) ||
        e.attempt != t->attempt + 1)
      return impossible(named(e.trial) + " cannot be handed out in state " + to_string(t->state));
    book.move(*t, trial_state::running, what.at);
    t->attempt = e.attempt;
    t->lease = e.lease;
    t->lease_until = e.lease_until;
    t->worker = e.worker;
    t->began = what.at;
    t->attempt_over = false;
    t->checkpoint.reset();
    if (e.metadata) t->metadata = e.metadata;
    if (t->attempt == 1) t->issued = what.at;
    if (!book.first_issued_) book.first_issued_ = what.at;
    if (e.plan) book.serving_.taken(e.plan, e.candidate);
    book.sequence_used_ = std::max(book.sequence_used_, e.sequence);
    return {};
  }

  outcome operator()(const events::lease_renewed& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || (t->state != trial_state::running && (t->state != trial_state::paused || t->attempt_over)))
      return impossible(named(e.trial) + " has no lease to renew");
    t->lease = e.lease;
    t->lease_until = e.lease_until;
    return {};
  }

  outcome operator()(const events::progress_reported& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || !t->open() || t->state == trial_state::paused || e.values.size() != metrics())
      return impossible(named(e.trial) + " cannot report");
    t->reports.push_back({e.step, e.attempt, e.values});
    if (e.step > t->steps) {
      book.steps_ += e.step - t->steps;
      t->steps = e.step;
    }
    return {};
  }

  outcome end(trial_id id, std::uint32_t attempt, trial_state to, observation seen, std::string reason) {
    trial* t = book.find_mutable(id);
    if (!t || !t->held() || attempt > t->attempt) return impossible(named(id) + " cannot end");
    if (seen.id.number < book.next_observation_) return impossible(named(seen.id) + " is out of order");
    late = t->state == trial_state::returned || attempt < t->attempt;
    book.move(*t, to, what.at);
    t->ended = what.at;
    t->ended_by = attempt;
    t->observed = seen.id;
    t->reason = std::move(reason);
    seen.trial = id;
    seen.point = t->point;
    seen.task = t->task;
    seen.at = what.at;
    book.learn(std::move(seen));
    return {};
  }

  outcome operator()(const events::trial_completed& e) {
    if (e.values.size() != metrics()) return impossible(named(e.trial) + " has foreign metrics");
    observation seen;
    seen.id = e.observation;
    seen.values = e.values;
    seen.stddevs = e.stddevs;
    seen.metadata = e.metadata;
    if (const trial* t = book.find(e.trial); t && t->state == trial_state::stopped)
      return complete_after_all(std::move(seen), e);
    return end(e.trial, e.attempt, trial_state::completed, std::move(seen), {});
  }

  /// It was to stop, but it had come to its end.
  outcome complete_after_all(observation seen, const events::trial_completed& e) {
    trial* t = book.find_mutable(e.trial);
    auto at = book.place(e.observation);
    if (e.observation != t->observed || e.attempt != t->ended_by || !at)
      return impossible(named(e.trial) + " cannot end again");
    book.move(*t, trial_state::completed, what.at);
    t->reason.clear();
    seen.trial = e.trial;
    seen.point = t->point;
    seen.task = t->task;
    seen.at = what.at;
    book.observations_.replace(*at, std::move(seen));
    book.summary_.rebuild(*book.definition_, book.observations_);
    ++book.revision_;
    return {};
  }

  outcome operator()(const events::trial_stopped& e) {
    if (e.values.size() != metrics()) return impossible(named(e.trial) + " has foreign metrics");
    observation seen;
    seen.id = e.observation;
    seen.values = e.values;
    seen.stopped_at = e.step;
    return end(e.trial, e.attempt, trial_state::stopped, std::move(seen), e.rule + ": " + e.reason);
  }

  outcome operator()(const events::trial_paused& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || t->state != trial_state::running || t->attempt != e.attempt)
      return impossible(named(e.trial) + " cannot be paused");
    book.move(*t, trial_state::paused, what.at);
    t->paused_at = e.step;
    t->reason = e.rule + ": " + e.reason;
    ++book.revision_;
    return {};
  }

  outcome operator()(const events::attempt_ended& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || t->state != trial_state::paused || t->attempt_over || t->attempt != e.attempt)
      return impossible(named(e.trial) + " has no attempt that could end");
    t->attempt_over = true;
    t->checkpoint = e.checkpoint;
    return {};
  }

  outcome operator()(const events::trial_failed& e) {
    observation seen;
    seen.id = e.observation;
    seen.failure = e.reason.empty() ? "failed" : e.reason;
    seen.metadata = e.metadata;
    return end(e.trial, e.attempt, trial_state::failed, std::move(seen), e.reason);
  }

  outcome operator()(const events::trial_returned& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || t->state != trial_state::running || t->attempt != e.attempt)
      return impossible(named(e.trial) + " cannot be given back");
    t->retry_at = e.retry_at;
    book.move(*t, trial_state::returned, what.at);
    book.retries_.insert({e.retry_at, e.trial});
    t->reason = e.reason;
    if (e.cause == return_cause::machine) ++t->crashes;
    if (e.cause == return_cause::lease_expired || e.cause == return_cause::worker_lost) ++t->losses;
    return {};
  }

  outcome operator()(const events::trial_cancelled& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || !t->open()) return impossible(named(e.trial) + " cannot be cancelled");
    book.move(*t, trial_state::cancelled, what.at);
    t->ended = what.at;
    t->reason = e.reason;
    return {};
  }

  outcome operator()(const events::result_discarded& e) {
    const trial* t = book.find(e.trial);
    if (!t) return impossible(named(e.trial) + " does not exist");
    late = true;
    already = t->observed;
    return {};
  }

  outcome operator()(const events::observation_added& e) {
    const auto& seen = e.observation;
    if (seen.id.number < book.next_observation_) return impossible(named(seen.id) + " is out of order");
    if (seen.point.values.size() != book.space_->size() || (!seen.failed() && seen.values.size() != metrics()))
      return impossible(named(seen.id) + " has foreign assignments or metrics");
    if (!known(seen.task)) return impossible(named(seen.id) + " has a foreign task");
    auto copy = seen;
    copy.at = what.at;
    book.learn(std::move(copy));
    return {};
  }

  outcome operator()(const events::observation_edited& e) {
    auto at = book.place(e.observation);
    if (!at || (e.failure.empty() && e.values.size() != metrics()))
      return impossible(named(e.observation) + " cannot be edited");
    auto next = book.observations_[*at];
    next.values = e.values;
    next.stddevs = e.stddevs;
    next.failure = e.failure;
    next.stopped_at.reset();
    if (e.metadata) next.metadata = *e.metadata;
    book.observations_.replace(*at, std::move(next));
    if (!VILFREDO_BUG(summary_not_rebuilt)) book.summary_.rebuild(*book.definition_, book.observations_);
    ++book.revision_;
    return {};
  }

  outcome operator()(const events::observation_deleted& e) {
    auto at = book.place(e.observation);
    if (!at) return impossible(named(e.observation) + " does not exist");
    count_down(book.seen_, fingerprint(book.observations_[*at].point));
    if (auto task = book.observations_[*at].task) --book.seen_cheaper_[*task];
    book.deleted_observations_.push_back(book.observations_[*at]);
    book.observations_.erase(*at);
    if (VILFREDO_BUG(observation_id_reused))
      book.next_observation_ =
          book.observations_.empty() ? 1 : book.observations_[book.observations_.size() - 1].id.number + 1;
    book.summary_.rebuild(*book.definition_, book.observations_);
    ++book.revision_;
    return {};
  }

  outcome operator()(const events::trial_deleted& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t || t->held()) return impossible(named(e.trial) + " cannot be deleted");
    if (t->state == trial_state::queued) std::erase(book.queue_, e.trial);
    --book.counts_[static_cast<std::size_t>(t->state)];
    book.open_.erase(e.trial);
    book.steps_ -= t->steps;
    book.trials_[e.trial.number - 1].reset();
    return {};
  }

  outcome operator()(const events::trial_annotated& e) {
    trial* t = book.find_mutable(e.trial);
    if (!t) return impossible(named(e.trial) + " does not exist");
    if (e.metadata) t->metadata = *e.metadata;
    if (e.hidden) t->hidden = *e.hidden;
    return {};
  }

  outcome operator()(const events::batch_begun& e) {
    if (e.first.number < book.next_observation_) return impossible(named(e.first) + " is out of order");
    return {};
  }

  outcome operator()(const events::plan_made& e) {
    if (e.plan != book.plans_ + 1) return impossible("plan " + std::to_string(e.plan) + " is out of order");
    for (const auto& c : e.candidates)
      if (c.values.size() != book.space_->size()) return impossible("a plan has foreign assignments");
    if (!e.tasks.empty() && e.tasks.size() != e.candidates.size()) return impossible("a plan has foreign tasks");
    for (auto task : e.tasks)
      if (task >= book.definition_->tasks.size()) return impossible("a plan has foreign tasks");
    book.serving_.made(e);
    book.plans_ = e.plan;
    book.candidates_planned_ += e.candidates.size();
    book.last_planned_ = e.based_on;
    book.hint_ = e.hint;
    book.sampler_done_ = e.last;
    return {};
  }

  outcome operator()(const events::plan_failed& e) {
    book.last_planned_ = e.based_on;
    return {};
  }

  outcome operator()(const events::experiment_paused&) {
    book.paused_ = true;
    return {};
  }
  outcome operator()(const events::experiment_resumed&) {
    book.paused_ = book.archived_ = book.stopped_ = false;
    book.stop_reason_.clear();
    return {};
  }
  outcome operator()(const events::experiment_archived&) {
    book.archived_ = true;
    return {};
  }
  outcome operator()(const events::experiment_stopped& e) {
    book.stopped_ = true;
    book.stop_reason_ = e.reason;
    return {};
  }
};

namespace {
/// The trial and observation that an event speaks of, for the memory of requests.
template <class E>
trial_id trial_of(const E& e) {
  if constexpr (requires { e.trial; })
    return e.trial;
  else if constexpr (std::is_same_v<E, events::observation_added>)
    return e.observation.trial;
  else
    return {};
}
template <class E>
observation_id observation_of(const E& e) {
  if constexpr (std::is_same_v<E, events::observation_added>)
    return e.observation.id;
  else if constexpr (std::is_same_v<E, events::batch_begun>)
    return e.first;
  else if constexpr (requires { e.observation; })
    return e.observation;
  else
    return {};
}
template <class E>
std::uint32_t attempt_of(const E& e) {
  if constexpr (requires { e.attempt; })
    return e.attempt;
  else if constexpr (std::is_same_v<E, events::batch_begun>)
    return e.size;
  else
    return 0;
}
}  // namespace

result<void> ledger::apply(const fact& x) {
  auto refuse = [&](const std::string& why) { return impossible("fact " + std::to_string(x.sequence) + ": " + why); };
  if (x.sequence != facts_ + 1) return refuse("expected fact " + std::to_string(facts_ + 1));
  ledger_applier applier{*this, x, false, {}};
  auto folded = std::visit(applier, x.what);
  if (!folded) return refuse(folded.error().message);
  facts_ = x.sequence;
  last_at_ = x.at;
  if (!x.request_id.empty()) {
    memo m;
    m.event = static_cast<std::uint8_t>(x.what.index());
    std::visit(
        [&](const auto& e) {
          m.attempt = attempt_of(e);
          m.trial = trial_of(e);
          m.observation = observation_of(e);
          if (applier.already) m.observation = applier.already;
        },
        x.what);
    m.late = applier.late;
    requests_[key_of(x.request_id)] = m;
    // Once more for any fingerprint, so that another's is seen to be another's. Most ids have none.
    if (print_of(x.request_id) != 0) requests_[key_of(any_print(x.request_id))] = m;
  }
  return {};
}

}  // namespace vilfredo
