#include "optimizer/stopping/board.hpp"

#include <algorithm>
#include <utility>

#include "core/planted.hpp"
#include "optimizer/stopping/catalogue.hpp"

namespace vilfredo::stopping {

result<board> board::make(const definition& x) {
  board out;
  for (const auto& names : x.early_stopping) {
    auto& g = out.groups_.emplace_back();
    for (const auto& name : names) {
      auto made = make_stopper(name, x);
      if (!made) return made.error();
      if ((*made)->pauses() && (names.size() > 1 || std::exchange(out.pauses_, true)))
        return error{errc::invalid,
                     "early_stopping: \"" + name.name +
                         "\" with \"mode\": \"promotion\" must be the only rule that pauses trials, and no part "
                         "of an \"all\"; use \"mode\": \"stopping\" there"};
      g.push_back({name.name, *std::move(made)});
    }
  }
  return out;
}

board::board(const board& other) : open_(other.open_), outdated_(other.outdated_), pauses_(other.pauses_) {
  for (const auto& g : other.groups_) {
    auto& mine = groups_.emplace_back();
    for (const auto& r : g) mine.push_back({r.name, r.what->clone()});
  }
}

void board::rebuild(const ledger& book) {
  // Sound: the definition was accepted, and edits do not touch the rules.
  *this = *make(book.definition());
  if (groups_.empty()) return;
  const auto& metrics = book.definition().metrics;
  for (const trial* t : book.trials()) {
    curve course(metrics.size());
    for (const auto& r : t->reports) {
      auto row = course.put(r.step, losses_of(metrics, r.values));
      each_rule([&](stopper& s) { s.reported(t->id, course, row); });
    }
    if (t->state == trial_state::paused) paused(*t, course);
    if (!t->open())
      each_rule([&](stopper& s) { s.ended(t->id, course, t->state); });
    else if (!course.empty())
      open_.emplace(t->id.number, std::move(course));
  }
}

void board::paused(const trial& t, const curve& course) {
  const auto row = course.first_from(*t.paused_at);
  if (row) each_rule([&](stopper& s) { s.paused(t.id, course, *row); });
}

void board::ended(const ledger& book, trial_id id) {
  const trial* t = book.find(id);
  auto course = open_.find(id.number);
  // Without reports there is nothing in it; one that was stopped and comes again has left the open ones.
  const curve whole = course != open_.end() ? std::move(course->second) : curve_of(book.definition().metrics, *t);
  if (course != open_.end()) open_.erase(course);
  each_rule([&](stopper& s) {
    s.released(id);
    s.ended(id, whole, t->state);
  });
}

void board::heard(const ledger& book, const fact& x) {
  if (groups_.empty()) return;
  if (outdated_) {
    // Judging follows a report only, so that many deletions in a row cost one rebuild.
    if (std::holds_alternative<events::progress_reported>(x.what)) rebuild(book);
    return;
  }
  if (auto* told = std::get_if<events::progress_reported>(&x.what)) {
    const auto& metrics = book.definition().metrics;
    auto& course = open_.try_emplace(told->trial.number, metrics.size()).first->second;
    auto row = course.put(told->step, losses_of(metrics, told->values));
    each_rule([&](stopper& s) { s.reported(told->trial, course, row); });
  } else if (auto* held = std::get_if<events::trial_paused>(&x.what)) {
    if (auto course = open_.find(held->trial.number); course != open_.end())
      paused(*book.find(held->trial), course->second);
  } else if (auto* issued = std::get_if<events::trial_issued>(&x.what)) {
    if (issued->resumed_from) each_rule([&](stopper& s) { s.released(issued->trial); });
  } else if (auto* completed = std::get_if<events::trial_completed>(&x.what)) {
    ended(book, completed->trial);
  } else if (auto* stopped = std::get_if<events::trial_stopped>(&x.what)) {
    ended(book, stopped->trial);
  } else if (auto* failed = std::get_if<events::trial_failed>(&x.what)) {
    ended(book, failed->trial);
  } else if (auto* cancelled = std::get_if<events::trial_cancelled>(&x.what)) {
    ended(book, cancelled->trial);
  } else {
    auto* edited = std::get_if<events::experiment_edited>(&x.what);
    outdated_ =
        std::holds_alternative<events::trial_deleted>(x.what) || (edited && !edited->changes.thresholds.empty());
  }
}

std::optional<verdict> board::judge(const ledger& book, const events::progress_reported& last) const {
  const trial* t = book.find(last.trial);
  auto course = open_.find(last.trial.number);
  if (groups_.empty() || !t || t->state != trial_state::running || course == open_.end()) return std::nullopt;
  // Up to there it was judged before its pause; an attempt that starts anew says the same again.
  if (t->paused_at && last.step <= *t->paused_at) return std::nullopt;
  const auto row = *course->second.first_from(last.step);
  std::optional<verdict> wait;
  for (const auto& g : groups_) {
    verdict out;
    out.pause = g.front().what->pauses();
    bool all = true;
    for (const auto& r : g) {
      auto reason = r.what->judge(last.trial, course->second, row);
      all = all && reason;
      if (!all) break;
      out.rule += (out.rule.empty() ? "" : " and ") + r.name;
      out.reason += (out.reason.empty() ? "" : "; ") + *reason;
    }
    if (all && !out.pause) return out;
    if (all) wait = std::move(out);
  }
  return wait;
}

std::optional<trial_id> board::promoted(const ledger& book, stopper::moment when) {
  if (!pauses_ || book.count(trial_state::paused) == 0) return std::nullopt;
  if (outdated_) rebuild(book);
  auto ready = [&](trial_id id) {
    const trial* t = book.find(id);
    return t && t->state == trial_state::paused && (t->attempt_over || VILFREDO_BUG(resumed_too_early));
  };
  for (const auto& g : groups_)
    if (auto found = g.front().what->promoted(ready, when)) return found;
  return std::nullopt;
}

}  // namespace vilfredo::stopping
