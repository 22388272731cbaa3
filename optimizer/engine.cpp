#include "optimizer/engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/planted.hpp"
#include "core/random.hpp"
#include "core/request_id.hpp"
#include "optimizer/design/sobol.hpp"
#include "optimizer/strays.hpp"

namespace vilfredo {

namespace {
/// A fact that we decided ourselves must fit; if it does not, going on would write nonsense to the store.
[[noreturn]] void broken(const std::string& why) {
  std::fprintf(stderr, "vilfredo: broken invariant: %s\n", why.c_str());
  std::abort();
}

constexpr std::uint64_t plan_stream = 1, design_stream = 2;

/// Takes out the candidates that are not in the space, or of tasks that there are not.
void drop_unusable(plan& x, const ledger& book) {
  const auto tasks = book.definition().tasks.size();
  plan kept;
  for (std::size_t i = 0; i < x.candidates.size(); ++i) {
    if (!book.space().check(x.candidates[i])) continue;
    if (!x.tasks.empty() && (i >= x.tasks.size() || x.tasks[i] >= tasks)) continue;
    kept.candidates.push_back(std::move(x.candidates[i]));
    if (!x.tasks.empty()) kept.tasks.push_back(x.tasks[i]);
  }
  x.candidates = std::move(kept.candidates);
  x.tasks = std::move(kept.tasks);
}

/// What most of the initial design is tried with where the sampler learns from tasks: the cheapest.
std::optional<task_index> design_task(const definition& d, const sampler_entry& sampler) {
  if (!sampler.uses_tasks || d.tasks.empty()) return std::nullopt;
  return static_cast<task_index>(std::ranges::min_element(d.tasks, {}, &task::cost) - d.tasks.begin());
}

/// Somebody holds it: of a paused trial the attempt that is about to end.
bool leased(const trial& t) {
  return t.state == trial_state::running || (t.state == trial_state::paused && !t.attempt_over);
}

// For the planted bug of that name only.
[[maybe_unused]] std::uint64_t points_since_load = 0;
}  // namespace

engine::engine(ledger book, const sampler_entry& sampler, stopping::board board)
    : book_(std::move(book)), sampler_(&sampler), board_(std::move(board)) {}

result<engine::created> engine::create(const definition& x, time_point now, const std::string& request_id) {
  auto sampler = find_sampler(x);
  if (!sampler) return sampler.error();
  step out;
  out.facts.push_back({1, now, request_id, events::experiment_created{std::make_shared<const definition>(x)}});
  auto book = ledger::open(out.facts.front());
  if (!book) return error{errc::invalid, book.error().message};
  auto board = stopping::board::make(x);
  if (!board) return board.error();
  engine made{*std::move(book), **sampler, *std::move(board)};
  for (std::size_t i = 0; i < x.initial.size(); ++i) {
    auto point = made.book_.space().read(x.initial[i]);
    if (!point) return error{errc::invalid, "initial[" + std::to_string(i) + "]: " + point.error().message};
    made.record(out, events::trial_queued{made.book_.next_trial(), *std::move(point)}, now);
  }
  made.settle(out, now);
  return created{std::move(made), std::move(out)};
}

result<engine> engine::load(ledger book) {
  auto sampler = find_sampler(book.definition());
  if (!sampler) return sampler.error();
  if (VILFREDO_BUG(sequence_by_process)) points_since_load = 0;
  auto board = stopping::board::make(book.definition());
  if (!board) return board.error();
  if (!VILFREDO_BUG(stop_rules_forgotten)) board->rebuild(book);
  engine out{std::move(book), **sampler, *std::move(board)};
  out.strays_ = has_strays(out.book_);
  return out;
}

void engine::record(step& out, events::event what, time_point now, const std::string& request_id) {
  // The journal's times never go back, even when a machine's clock was set back between two runs.
  fact next{book_.facts() + 1, std::max(now, book_.last_fact_at()), request_id, std::move(what)};
  if (auto applied = book_.apply(next); !applied) broken(applied.error().message);
  board_.heard(book_, next);
  strays_ = strays_ || brings_stray(next.what, book_.space());
  out.facts.push_back(std::move(next));
}

void engine::judge(step& out, const events::progress_reported& last, answer& reply, time_point now) {
  auto enough = board_.judge(book_, last);
  if (!enough) return;
  reply = advice{true, enough->rule + ": " + enough->reason, !enough->pause, enough->pause};
  if (enough->pause) {
    record(
        out,
        events::trial_paused{last.trial, last.attempt, last.step, std::move(enough->rule), std::move(enough->reason)},
        now);
    return;
  }
  record(out,
         events::trial_stopped{last.trial, last.attempt, book_.next_observation(), last.step, last.values,
                               std::move(enough->rule), std::move(enough->reason)},
         now);
}

step engine::wake(time_point now, duration grace) {
  step out;
  for (auto id : book_.open_trials()) {
    const trial& t = *book_.find(id);
    if (leased(t) && t.lease_until != forever && !VILFREDO_BUG(lease_alarms_lost))
      out.alarms.push_back({std::max(t.lease_until, now + grace), lease_due{id, t.lease}});
    if (t.state == trial_state::returned) out.alarms.push_back({std::max(t.retry_at, now), retry_due{}});
  }
  if (book_.first_issued() && book_.definition().stop_when.seconds) out.alarms.push_back({now, deadline_due{}});
  settle(out, now);
  return out;
}

step engine::handle(const request& what, ticket from, time_point now) {
  step out;
  if (auto before = book_.remembered(what)) {
    out.replies.push_back({from, *std::move(before)});
    return out;
  }
  // Of what waits a request id is as much as of what is done.
  const auto* twin = waits_by(what.request_id);
  if (twin && !goes_with(print_of(twin->request_id), print_of(what.request_id))) {
    out.replies.push_back({from, error{errc::reused, "request id \"" + std::string(bare_id(what.request_id)) +
                                                         "\" is that of another command, which waits; use a new one "
                                                         "for each command"}});
    return out;
  }
  if (auto* wanted = std::get_if<ask>(&what.what)) {
    handle_ask(out, *wanted, what.request_id, from, now);
    return out;
  }
  auto dismiss = [&](auto matches) {
    std::erase_if(waiting_, [&](const waiter& w) {
      if (!matches(w)) return false;
      out.replies.push_back({w.who, error{errc::later, "withdrawn"}});
      return true;
    });
  };
  if (auto* gone = std::get_if<withdraw>(&what.what)) {
    const auto which = bare_id(gone->request_id);
    dismiss([&](const waiter& w) { return !w.request_id.empty() && bare_id(w.request_id) == which; });
    out.replies.push_back({from, answer{done{}}});
    return out;
  }
  // A worker that lets go of all it holds would not know what to do with more.
  if (auto* gone = std::get_if<release_worker>(&what.what))
    dismiss([&](const waiter& w) { return w.what.worker == gone->worker; });
  auto decided = book_.decide(what.what, now);
  if (!decided) {
    out.replies.push_back({from, decided.error()});
    return out;
  }
  bool first = true;
  for (auto& event : decided->events) {
    record(out, event, now, first ? what.request_id : std::string{});
    first = false;
    if (auto* renewed = std::get_if<events::lease_renewed>(&event))
      out.alarms.push_back({renewed->lease_until, lease_due{renewed->trial, renewed->lease}});
    if (auto* back = std::get_if<events::trial_returned>(&event)) out.alarms.push_back({back->retry_at, retry_due{}});
    // The clock's rule does not stand while archived, and a rule that ended the experiment is judged anew.
    auto* edited = std::get_if<events::experiment_edited>(&event);
    bool clock_moved =
        (edited && edited->changes.stop_when) || std::holds_alternative<events::experiment_resumed>(event);
    if (auto* told = std::get_if<events::progress_reported>(&event)) judge(out, *told, decided->reply, now);
    if (clock_moved && book_.definition().stop_when.seconds) out.alarms.push_back({now, deadline_due{}});
  }
  out.replies.push_back({from, std::move(decided->reply)});
  if (!decided->events.empty()) settle(out, now);
  return out;
}

std::size_t engine::design_size() const {
  if (!sampler_->uses_history) return 0;
  // Enough to see every dimension move, never fewer than run at once, at most a quarter of a small budget.
  std::size_t wanted = std::max<std::size_t>(10, 2 * (book_.space().size() + 1));
  if (auto budget = book_.definition().observation_budget) {
    auto most = static_cast<double>(*budget / 4 + 1);
    if (const auto task = design_task(book_.definition(), *sampler_))
      most *= 4 / (1 + 3 * cost_of(book_.definition(), task));
    wanted = std::min(wanted, static_cast<std::size_t>(most));
  }
  return std::max<std::size_t>(wanted, book_.definition().parallel_bandwidth);
}

events::trial_issued engine::sequence_point(origin from) {
  constexpr int tries = 64;  // a finite space may be used up; then a repeat is better than nothing
  events::trial_issued event;
  event.trial = book_.next_trial();
  event.from = from;
  event.based_on = book_.revision();
  event.sequence = book_.sequence_used();
  auto seed = derive_seed(book_.definition().seed, design_stream);
  if (VILFREDO_BUG(sequence_by_process)) seed += points_since_load++;
  for (int i = 0; i < tries; ++i) {
    event.point = sobol_point(book_.space(), seed, event.sequence++);
    if (!book_.pending(*event.point) && !book_.observed(*event.point)) break;
  }
  // One of four is a full trial, so that tasks can be compared from the start.
  if (from == origin::design && event.sequence % 4 != 0) event.task = design_task(book_.definition(), *sampler_);
  return event;
}

void engine::plan_if_due(step& out) {
  if (job_ || book_.sampler_done() || book_.state() != experiment_state::active || !book_.budget_left()) return;
  auto bandwidth = std::max(1u, book_.definition().parallel_bandwidth);
  if (sampler_->uses_history) {
    if (book_.sequence_used() + bandwidth <= design_size()) return;
    // Not again for a revision whose plan failed, either: it would fail the same way, at once and for ever.
    if (book_.observations().empty() || book_.revision() == book_.last_planned()) return;
  }
  auto skip = [&](const assignments& x) { return book_.pending(x); };
  auto left = [&](std::uint64_t staleness) {
    return book_.serving().fresh(book_.revision(), staleness, skip).has_value();
  };
  // Model-based plans follow every observation; the others are made when the last is used up. Where many trials run at
  // once, what a plan suggests lacks so many of their results that half of these more changes little, once they
  // are not more than a hundredth of all.
  if (sampler_->uses_history) {
    constexpr std::size_t few = 8, of_all = 100;
    const auto running = book_.count(trial_state::running);
    const auto missed = book_.revision() - book_.last_planned();
    const auto bearable = std::min(running / 2, book_.observations().size() / of_all);
    if (running > few && missed < bearable && left(bandwidth - 1)) return;
  } else if (left(0)) {
    return;
  }
  auto job = std::make_shared<plan_job>();
  job->definition = book_.shared_definition();
  job->space = book_.shared_space();
  job->observations = book_.observations();
  for (auto id : book_.open_trials())
    if (const trial& t = *book_.find(id); t.state != trial_state::queued) {
      job->pending.push_back(t.point);
      job->pending_tasks.push_back(t.task);
      job->pending_reports.push_back(t.reports.empty() ? std::nullopt : std::optional(t.reports.back()));
    }
  if (sampler_->uses_history && book_.steps() > 0) job->courses = shelf_.of(book_);
  if (strays_) drop_strays(*job);
  job->based_on = book_.revision();
  job->count = sampler_->uses_history ? bandwidth + 2 : std::max<std::size_t>(64, 2 * bandwidth);
  job->first = book_.candidates_planned();
  job->seed = derive_seed(derive_seed(book_.definition().seed, plan_stream), book_.plans());
  job->sampler = book_.definition().sampler;
  job->hint = book_.hint();
  job_ = job;
  out.job = std::move(job);
}

std::optional<trial_id> engine::promoted() {
  if (book_.count(trial_state::paused) == 0) return std::nullopt;
  using stopping::stopper;
  return board_.promoted(book_, closing() ? stopper::moment::closing : stopper::moment::amid);
}

bool engine::closing() const {
  // What runs may still change who is among the best, and so may whatever is started next.
  if (book_.count(trial_state::running) + book_.count(trial_state::returned) > 0) return false;
  if (book_.budget_left() && !book_.used_up()) return false;
  // Somebody's turn may come once its attempt has ended.
  return std::ranges::none_of(book_.open_trials(), [&](trial_id id) {
    const trial& t = *book_.find(id);
    return t.state == trial_state::paused && !t.attempt_over;
  });
}

void engine::end_paused(step& out, time_point now) {
  if (book_.count(trial_state::paused) == 0 || book_.state() == experiment_state::archived) return;
  const bool over = book_.state() == experiment_state::finished || book_.state() == experiment_state::stopped;
  if (!over && (!closing() || promoted())) return;
  std::vector<trial_id> waiting;
  for (auto id : book_.open_trials())
    if (book_.find(id)->state == trial_state::paused) waiting.push_back(id);
  for (auto id : waiting) {
    const trial& t = *book_.find(id);
    auto last = std::ranges::find(t.reports.rbegin(), t.reports.rend(), *t.paused_at, &progress_report::step);
    record(out,
           events::trial_stopped{id, t.attempt, book_.next_observation(), last->step, last->values, "paused",
                                 "not resumed before the experiment's end (" + t.reason + ")"},
           now);
  }
}

void engine::settle(step& out, time_point now) {
  if (auto rule = book_.rule_fulfilled()) record(out, *std::move(rule), now);
  end_paused(out, now);
  if (auto rule = book_.rule_fulfilled()) record(out, *std::move(rule), now);
  plan_if_due(out);
  serve(out, now);
  plan_if_due(out);
}

step engine::planned(result<plan> made, time_point now) {
  step out;
  if (!job_) return out;  // of an engine that lived before a restart
  auto job = std::exchange(job_, nullptr);
  if (made) {
    if (!VILFREDO_BUG(candidate_unchecked)) drop_unusable(*made, book_);
    if (made->candidates.empty() && !made->last) made = error{errc::internal, "the sampler made no usable candidate"};
  }
  if (made) {
    record(out,
           events::plan_made{book_.plans() + 1, job->based_on,
                             made->sampler.empty() ? sampler_->name : std::move(made->sampler),
                             std::move(made->candidates), std::move(made->hint), std::move(made->note),
                             !sampler_->uses_history, made->last, std::move(made->tasks)},
           now);
    settle(out, now);
  } else {
    record(out, events::plan_failed{job->based_on, sampler_->name, made.error().message}, now);
    // Whoever waits for a plan is served without one: a broken sampler must not hold up workers.
    std::deque<waiter> askers;
    askers.swap(waiting_);
    for (auto& asker : askers) {
      auto chosen = choose(asker.what, haste::now, now);
      if (chosen && *chosen)
        grant(out, asker, **std::move(chosen), now);
      else
        waiting_.push_back(std::move(asker));
    }
    // Samplers that ignore history would fail the same way at once; they are asked again with the next observation.
    if (sampler_->uses_history) plan_if_due(out);
  }
  return out;
}

bool engine::stands(const timer& what) const {
  if (auto* lease = std::get_if<lease_due>(&what)) {
    const trial* t = book_.find(lease->trial);
    return t && leased(*t) && (t->lease == lease->lease || VILFREDO_BUG(stale_lease_alarm));
  }
  if (auto* patience = std::get_if<patience_due>(&what))
    return std::ranges::find(waiting_, patience->asker, &waiter::who) != waiting_.end();
  return true;
}

step engine::due(const timer& what, time_point now) {
  step out;
  if (!stands(what)) return out;
  if (auto* lease = std::get_if<lease_due>(&what)) {
    const trial& t = *book_.find(lease->trial);
    auto decided = book_.decide(
        give_back{lease->trial, t.attempt, return_cause::lease_expired, "no heartbeat from " + t.worker}, now);
    if (!decided) broken(decided.error().message);
    for (auto& event : decided->events) {
      if (auto* back = std::get_if<events::trial_returned>(&event)) out.alarms.push_back({back->retry_at, retry_due{}});
      record(out, event, now);
    }
    settle(out, now);
  } else if (auto* patience = std::get_if<patience_due>(&what)) {
    auto asker = std::ranges::find(waiting_, patience->asker, &waiter::who);
    auto gone = std::move(*asker);
    waiting_.erase(asker);
    auto chosen = choose(gone.what, haste::now, now);
    if (*chosen)
      grant(out, gone, **std::move(chosen), now);
    else
      out.replies.push_back({gone.who, chosen->error()});
    plan_if_due(out);
  } else if (std::holds_alternative<retry_due>(what)) {
    settle(out, now);
  } else {
    const auto& limit = book_.definition().stop_when.seconds;
    auto state = book_.state();
    if (!limit || !book_.first_issued() || (state != experiment_state::active && state != experiment_state::paused))
      return out;
    auto end = *book_.first_issued() + std::chrono::duration_cast<duration>(std::chrono::duration<double>(*limit));
    if (now < end) {
      out.alarms.push_back({end, deadline_due{}});
    } else {
      char text[64];
      std::snprintf(text, sizeof text, "%g seconds have passed", *limit);
      record(out, events::experiment_stopped{"seconds", text}, now);
      settle(out, now);
    }
  }
  return out;
}

}  // namespace vilfredo
