#include "app/trials_sheet.hpp"

#include <algorithm>
#include <cmath>

#include "app/view/number.hpp"
#include "core/goals.hpp"

namespace vilfredo::app {

namespace {

using nlohmann::ordered_json;
using row = std::vector<ordered_json>;

void add_assignment_columns(sheet& out, const ledger& book) {
  for (const auto& p : book.space().dimensions()) out.columns.push_back({"assignments", p.name});
}
void add_metric_columns(sheet& out, const ledger& book) {
  for (const auto& m : book.definition().metrics) out.columns.push_back({"metrics", m.name});
}

void add_assignments(row& out, const ledger& book, const assignments& x) {
  auto named = book.space().name(x);
  auto next = named.begin();
  for (const auto& p : book.space().dimensions())
    if (next != named.end() && next->name == p.name)
      out.push_back(cell((next++)->value));
    else
      out.push_back(nullptr);
}
void add_values(row& out, const ledger& book, const std::vector<double>& values) {
  for (std::size_t i = 0; i < book.definition().metrics.size(); ++i)
    out.push_back(i < values.size() ? cell(values[i]) : ordered_json{});
}

ordered_json trial_number(trial_id x) { return x ? ordered_json(x.number) : ordered_json{}; }
ordered_json text_cell(const std::string& x) { return x.empty() ? ordered_json{} : ordered_json(x); }

/// Columns and cells shared by the front and the best.
void add_observation(sheet& out, const ledger& book, const observation& x, row cells = {}) {
  cells.push_back(trial_number(x.trial));
  add_values(cells, book, x.values);
  add_assignments(cells, book, x.point);
  out.rows.push_back(std::move(cells));
}

struct trial_row {
  const ledger& book;
  const trials_choice& which;

  row operator()(const trial* t, const observation* seen) const {
    const bool all = which.everything;
    row out{t ? ordered_json(t->id.number) : ordered_json{}, state(t, seen),
            t ? ordered_json(to_string(t->from)) : ordered_json("observed"), seen && book.summary().on_front(seen->id)};
    if (const auto* task = task_of(book.definition(), t ? t->task : seen->task)) out.push_back(task->name);
    add_values(out, book, seen ? seen->values : std::vector<double>{});
    add_assignments(out, book, t ? t->point : seen->point);
    if (all) {
      add_values(out, book, seen ? seen->stddevs : std::vector<double>{});
      out.push_back(t ? ordered_json(t->attempt) : ordered_json{});
      out.push_back(t ? text_cell(t->worker) : ordered_json{});
      out.push_back(t ? time_cell(t->issued) : ordered_json{});
      out.push_back(t ? time_cell(t->ended) : time_cell(seen->at));
      bool timed = t && t->issued > time_point{} && t->ended > t->issued;
      out.push_back(timed ? ordered_json(static_cast<double>((t->ended - t->issued).count()) / 1000) : ordered_json{});
      out.push_back(t ? ordered_json(t->reports.size()) : ordered_json{});
    }
    out.push_back(text_cell(seen && seen->failed() ? seen->failure : t ? t->reason : ""));
    return out;
  }

  static std::string state(const trial* t, const observation* seen) {
    if (t) return to_string(t->state);
    return seen->failed() ? "failed" : "completed";
  }
};

}  // namespace

ordered_json cell(double x) { return std::isfinite(x) ? ordered_json(x) : ordered_json{}; }
ordered_json cell(const parameter_value& x) {
  return std::visit([](const auto& v) { return ordered_json(v); }, x);
}
ordered_json time_cell(time_point x) {
  return x > time_point{} && x < forever ? ordered_json(view::timestamp(x)) : ordered_json{};
}

sheet trials_sheet(const ledger& book, const trials_choice& which) {
  sheet out;
  for (const char* name : {"trial", "state", "origin", "front"}) out.columns.push_back({"", name});
  if (!book.definition().tasks.empty()) out.columns.push_back({"", "task"});
  add_metric_columns(out, book);
  add_assignment_columns(out, book);
  if (which.everything) {
    for (const auto& m : book.definition().metrics) out.columns.push_back({"stddevs", m.name});
    for (const char* name : {"attempt", "worker", "issued", "ended", "seconds", "reports"})
      out.columns.push_back({"", name});
  }
  out.columns.push_back({"", "reason"});
  const trial_row make{book, which};
  for (const trial* t : book.trials()) {
    if (which.only && t->state != *which.only) continue;
    out.rows.push_back(make(t, t->observed ? book.find(t->observed) : nullptr));
  }
  for (const auto& seen : book.observations()) {
    const trial* t = seen.trial ? book.find(seen.trial) : nullptr;
    if (t && t->observed == seen.id) continue;
    auto state = seen.failed() ? trial_state::failed : trial_state::completed;
    if (which.only && state != *which.only) continue;
    // A further observation of a trial has the trial's number and its own values.
    auto cells = make(nullptr, &seen);
    cells[0] = trial_number(seen.trial);
    out.rows.push_back(std::move(cells));
  }
  return out;
}

sheet front_sheet(const ledger& book) {
  sheet out;
  out.columns.push_back({"", "trial"});
  add_metric_columns(out, book);
  add_assignment_columns(out, book);
  std::vector<const observation*> front;
  for (auto id : book.summary().front())
    if (const auto* seen = book.find(id)) front.push_back(seen);
  const auto first = goals(book.definition()).front();
  const auto sign = book.definition().metrics[first].objective == objective::maximize ? -1.0 : 1.0;
  std::ranges::stable_sort(front, {}, [&](const observation* x) { return sign * x->values[first]; });
  for (const auto* seen : front) add_observation(out, book, *seen);
  return out;
}

std::string front_title(const ledger& book, std::size_t trials, const std::string& of_one) {
  const auto optimized = metrics_with(book.definition(), strategy::optimize).size();
  if (optimized == 1) return of_one;
  return (optimized > 1 ? "Pareto front, " : "Within all thresholds, ") + view::counted(trials, "trial");
}

sheet best_sheet(const ledger& book) {
  sheet out;
  out.columns = {{"", "best by"}, {"", "trial"}};
  add_metric_columns(out, book);
  add_assignment_columns(out, book);
  for (auto i : metrics_with(book.definition(), strategy::optimize))
    if (auto best = book.summary().best(i))
      if (const auto* seen = book.find(best->observation))
        add_observation(out, book, *seen, {book.definition().metrics[i].name});
  return out;
}

}  // namespace vilfredo::app
