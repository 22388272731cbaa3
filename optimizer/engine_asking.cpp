// Who asks: what an engine hands out to whom, and who waits.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/beyond_bounds.hpp"
#include "core/planted.hpp"
#include "core/request_id.hpp"
#include "optimizer/engine.hpp"

namespace vilfredo {

namespace {
constexpr duration longest_wait = std::chrono::hours{24 * 365};  // so that no sum of times runs over
}  // namespace

void engine::handle_ask(step& out, const ask& what, const std::string& request_id, ticket from, time_point now) {
  if (what.lease && (*what.lease <= duration{0} || *what.lease > longest_wait)) {
    out.replies.push_back({from, error{errc::invalid, "lease must be longer than nothing and at most a year"}});
    return;
  }
  const auto until = now + std::clamp(what.patience, duration{0}, longest_wait);
  // The same request sent again while the first still waits: the newer caller is the one who listens.
  if (auto* twin = waits_by(request_id)) {
    out.replies.push_back({twin->who, error{errc::conflict, "the same request was sent again"}});
    twin->who = from;
    out.alarms.push_back({until, patience_due{from}});
    return;
  }
  if (waiting_.size() >= most_waiting) {
    out.replies.push_back({from, error{errc::overloaded, std::to_string(most_waiting) + " askers wait already"}});
    return;
  }
  waiter asker{from, request_id, what};
  auto chosen = choose(what, what.patience > duration{0} ? haste::may_wait : haste::now, now);
  if (!chosen) {
    out.alarms.push_back({until, patience_due{from}});
    waiting_.push_back(std::move(asker));
  } else if (!*chosen) {
    out.replies.push_back({from, chosen->error()});
  } else {
    grant(out, asker, **std::move(chosen), now);
  }
  plan_if_due(out);
}

engine::waiter* engine::waits_by(const std::string& request_id) {
  if (request_id.empty()) return nullptr;
  auto found = std::ranges::find(waiting_, bare_id(request_id), [](const waiter& w) { return bare_id(w.request_id); });
  return found == waiting_.end() ? nullptr : &*found;
}

std::optional<result<events::trial_issued>> engine::choose(const ask& what, haste h, time_point now) {
  const auto& name = book_.definition().name;
  switch (book_.state()) {
  case experiment_state::archived:
    return error{errc::exhausted, "experiment \"" + name + "\" is archived; resume it to go on"};
  case experiment_state::finished: return error{errc::exhausted, "the budget of \"" + name + "\" is spent"};
  case experiment_state::stopped: return error{errc::exhausted, "\"" + name + "\" has ended: " + book_.stop_reason()};
  case experiment_state::paused:
    return error{errc::paused, "experiment \"" + name + "\" is paused; resume it to go on"};
  case experiment_state::active: break;
  }
  std::optional<events::trial_issued> event;
  if (what.assignments) {
    auto own = own_trial(what);
    if (!own) return own.error();
    event = *std::move(own);
  } else if (auto again = book_.retryable(now)) {
    event.emplace();
    event->trial = *again;
  } else if (auto up = promoted()) {
    const trial& t = *book_.find(*up);
    event.emplace();
    event->trial = *up;
    event->resumed_from = t.paused_at;
    event->anew = t.checkpoint == false;
  } else if (book_.budget_left()) {
    if (auto queued = book_.first_queued()) {
      event.emplace();
      event->trial = *queued;
    } else {
      event = new_trial(h);
    }
  }
  if (!event) {
    if (h == haste::may_wait) return std::nullopt;
    return error{errc::later, book_.budget_left() ? "nothing to hand out yet; ask again"
                                                  : "the rest of the budget is being tried; ask again"};
  }
  if (const trial* t = book_.find(event->trial)) {
    event->attempt = t->attempt + 1;
    event->lease = t->lease + 1;
  }
  event->worker = what.worker;
  event->metadata = what.metadata;
  event->lease_until = what.lease ? now + *what.lease : forever;
  return *std::move(event);
}

result<events::trial_issued> engine::own_trial(const ask& what) const {
  auto point = read_beyond_bounds(book_.space(), *what.assignments);
  if (!point) return point.error();
  auto task = task_named(book_.definition(), what.task);
  if (!task) return task.error();
  if (!book_.budget_left()) return error{errc::later, "the rest of the budget is being tried; ask again"};
  events::trial_issued event;
  event.trial = book_.next_trial();
  event.point = *std::move(point);
  event.task = *task;
  event.based_on = book_.revision();
  return event;
}

std::optional<events::trial_issued> engine::new_trial(haste h) {
  if (book_.sequence_used() < design_size()) return sequence_point(origin::design);
  auto skip = [&](const assignments& x) { return !VILFREDO_BUG(pending_ignored) && book_.pending(x); };
  auto served = [&](const serving::choice& c, origin from) {
    events::trial_issued event;
    event.trial = book_.next_trial();
    event.point = *c.point;
    event.from = from;
    event.based_on = c.based_on;
    event.plan = c.plan;
    event.candidate = c.candidate;
    event.task = cheaper(book_.definition(), c.task);
    return event;
  };
  auto bandwidth = std::max(1u, book_.definition().parallel_bandwidth);
  if (auto fresh = book_.serving().fresh(book_.revision(), bandwidth - 1, skip)) return served(*fresh, origin::fresh);
  if (h == haste::may_wait && plan_coming()) return std::nullopt;
  if (auto stale = book_.serving().stale(skip)) return served(*stale, origin::stale);
  if (sampler_->exhaustive || book_.sampler_done()) return std::nullopt;
  return sequence_point(origin::fallback);
}

bool engine::plan_coming() const {
  if (job_) return true;
  if (book_.sampler_done()) return false;
  if (!sampler_->uses_history) return true;
  // The first plan comes after the first observation, which only what runs can bring; the next after the next one, even
  // when the last plan failed.
  if (book_.observations().empty()) return book_.count(trial_state::running) > 0;
  return book_.revision() != book_.last_planned();
}

void engine::grant(step& out, const waiter& to, events::trial_issued event, time_point now) {
  bool first_of_all = !book_.first_issued();
  auto id = event.trial;
  auto lease = event.lease;
  auto until = event.lease_until;
  record(out, std::move(event), now, to.request_id);
  if (until != forever) out.alarms.push_back({until, lease_due{id, lease}});
  if (first_of_all && book_.definition().stop_when.seconds) out.alarms.push_back({now, deadline_due{}});
  out.replies.push_back({to.who, answer{book_.issued_answer(*book_.find(id))}});
}

void engine::serve(step& out, time_point now) {
  while (!waiting_.empty()) {
    auto chosen = choose(waiting_.front().what, haste::may_wait, now);
    if (!chosen) return;
    auto asker = std::move(waiting_.front());
    waiting_.pop_front();
    if (!*chosen)
      out.replies.push_back({asker.who, chosen->error()});
    else
      grant(out, asker, **std::move(chosen), now);
  }
}

}  // namespace vilfredo
