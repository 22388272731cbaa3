#include "app/overview.hpp"

#include <algorithm>
#include <cmath>

#include "app/shell_word.hpp"
#include "app/trials_sheet.hpp"
#include "app/view/number.hpp"
#include "core/savings.hpp"

namespace vilfredo::app {

namespace {

using nlohmann::ordered_json;
constexpr std::size_t most_front_rows = 20, most_reasons = 5;

std::string best_in_words(const ledger& book) {
  if (metrics_with(book.definition(), strategy::optimize).empty())
    return view::counted(book.summary().front().size(), "trial") + " within all thresholds";
  std::string out;
  for (auto i : metrics_with(book.definition(), strategy::optimize))
    if (auto best = book.summary().best(i))
      out += (out.empty() ? "" : ", ") + book.definition().metrics[i].name + " " + view::brief(best->value);
  return out;
}

std::string counts_in_words(const ledger& book) {
  const auto& s = book.summary();
  auto out = std::to_string(book.observations().size());
  auto budget = book.definition().observation_budget;
  const bool tasks = !book.definition().tasks.empty();
  if (budget && !tasks) out += " of " + std::to_string(*budget);
  out += " trials ended";
  if (budget && tasks) out += ", for " + view::brief(book.consumed()) + " of " + std::to_string(*budget) + " full ones";
  out += ": " + std::to_string(s.completed()) + " completed";
  if (s.ineligible()) out += " (" + std::to_string(s.ineligible()) + " miss a threshold)";
  if (s.stopped()) out += ", " + std::to_string(s.stopped()) + " stopped early";
  out += ", " + std::to_string(s.failed()) + " failed";
  for (auto state :
       {trial_state::running, trial_state::paused, trial_state::returned, trial_state::queued, trial_state::cancelled})
    if (auto n = book.count(state)) out += ", " + std::to_string(n) + " " + to_string(state);
  return out;
}

void add_table(view::lines& out, const std::string& title, const sheet& rows, const view::style& how, bool together) {
  out.push_back({});
  out.push_back({{title, view::tone::strong}});
  auto inner = how;
  if (inner.width > 2) inner.width -= 2;
  for (auto& l : view::render(to_table(rows, inner, together), inner)) {
    l.insert(l.begin(), {"  "});
    out.push_back(std::move(l));
  }
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> failures_by_reason(const ledger& book) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& seen : book.observations())
    if (seen.failed()) ++counts[seen.failure];
  std::vector<std::pair<std::string, std::uint64_t>> out(counts.begin(), counts.end());
  std::ranges::stable_sort(out, std::greater{}, [](const auto& x) { return x.second; });
  return out;
}

std::string state_in_words(const ledger& book) {
  std::string out = to_string(book.state());
  if (book.state() == experiment_state::finished) return out + ": the budget is spent";
  if (book.state() == experiment_state::stopped) return out + ": " + book.stop_reason();
  return out;
}

sheet list_sheet(const std::vector<std::pair<address, const ledger*>>& experiments) {
  sheet out;
  for (const char* name : {"id", "name", "state", "ended", "budget", "completed", "stopped", "failed", "running",
                           "feasible", "front", "best", "changed"})
    out.columns.push_back({"", name});
  for (const auto& [where, book] : experiments) {
    const auto& s = book->summary();
    auto budget = book->definition().observation_budget;
    // Without a metric to optimize there is no front; what meets the constraints is feasible.
    const bool optimizes = !metrics_with(book->definition(), strategy::optimize).empty();
    out.rows.push_back({where.experiment.number, book->definition().name, to_string(book->state()),
                        book->observations().size(), budget ? ordered_json(*budget) : ordered_json{}, s.completed(),
                        s.stopped(), s.failed(), book->count(trial_state::running), s.completed() - s.ineligible(),
                        optimizes ? ordered_json(s.front().size()) : ordered_json{}, best_in_words(*book),
                        time_cell(book->last_fact_at())});
  }
  return out;
}

ordered_json overview_json(const address& where, const ledger& book) {
  const auto& d = book.definition();
  const auto& s = book.summary();
  ordered_json out{{"id", where.experiment.number}, {"name", d.name}, {"state", to_string(book.state())}};
  if (!book.stop_reason().empty()) out["stop_reason"] = book.stop_reason();
  out["budget"] = d.observation_budget ? ordered_json(*d.observation_budget) : ordered_json{};
  out["ended"] = book.observations().size();
  if (!d.tasks.empty()) out["budget_consumed"] = cell(book.consumed());
  out["completed"] = s.completed();
  out["stopped"] = s.stopped();
  if (auto saved = savings_of(book); saved.stopped)
    out["saved"] = {{"steps", cell(saved.steps)}, {"seconds", cell(saved.seconds)}};
  out["failed"] = s.failed();
  out["miss_a_threshold"] = s.ineligible();
  for (auto state :
       {trial_state::running, trial_state::paused, trial_state::returned, trial_state::queued, trial_state::cancelled})
    out[to_string(state)] = book.count(state);
  out["created"] = time_cell(book.created());
  out["changed"] = time_cell(book.last_fact_at());
  out["hypervolume"] = cell(s.hypervolume());
  auto parsed = [](const sheet& x) { return ordered_json::parse(print(x, output_format::json, {})); };
  out["front"] = parsed(front_sheet(book));
  out["best"] = ordered_json::object();
  for (std::size_t i = 0; i < d.metrics.size(); ++i)
    if (auto best = s.best(i)) {
      const auto* seen = book.find(best->observation);
      out["best"][d.metrics[i].name] = {{"trial", seen ? seen->trial.number : 0}, {"value", cell(best->value)}};
    }
  out["failures"] = ordered_json::object();
  for (const auto& [reason, n] : failures_by_reason(book)) out["failures"][reason] = n;
  return out;
}

view::lines overview(const address& where, const ledger& book, const view::style& how) {
  const auto& d = book.definition();
  view::lines out;
  out.push_back(
      {{d.name, view::tone::strong},
       {" (experiment " + std::to_string(where.experiment.number) + " in " + where.store + ") "},
       {state_in_words(book), book.state() == experiment_state::active ? view::tone::accent : view::tone::plain}});
  out.push_back({{counts_in_words(book)}});
  if (auto first = book.first_issued())
    out.push_back({{"from " + view::timestamp(*first) + " to " + view::timestamp(book.last_fact_at()) + ", " +
                        view::brief(book.last_fact_at() - *first),
                    view::tone::faint}});
  if (auto saved = savings_of(book); saved.steps > 0)
    out.push_back({{"early stopping spared about " + view::brief(std::round(saved.steps)) + " of " +
                        view::brief(std::round(saved.steps + saved.steps_run)) + " steps and " +
                        view::brief(duration{std::llround(saved.seconds * 1000)}),
                    view::tone::faint}});
  auto front = front_sheet(book);
  const bool several = metrics_with(d, strategy::optimize).size() > 1;
  if (!front.rows.empty()) {
    auto title = front_title(book, front.rows.size(), "Best");
    if (front.rows.size() > most_front_rows) {
      title += ", the first " + std::to_string(most_front_rows);
      front.rows.resize(most_front_rows);
    }
    add_table(out, title, front, how, false);
    if (several) add_table(out, "Best by each metric", best_sheet(book), how, false);
  }
  auto failures = failures_by_reason(book);
  if (!failures.empty()) {
    out.push_back({});
    out.push_back({{"Failures by reason", view::tone::strong}});
    for (std::size_t i = 0; i < std::min(failures.size(), most_reasons); ++i)
      out.push_back({{"  " + std::to_string(failures[i].second) + " × ", view::tone::bad}, {failures[i].first}});
    if (failures.size() > most_reasons)
      out.push_back(
          {{"  and " + std::to_string(failures.size() - most_reasons) + " other reasons", view::tone::faint}});
  }
  return out;
}

std::string show_again(const address& where, const ledger& book) {
  const char* verb = book.summary().completed() > 0 ? "vilfredo pareto " : "vilfredo trials ";
  return verb + shell_word(book.definition().name) + (where.remote ? " --url " : " --store ") + shell_word(where.store);
}

}  // namespace vilfredo::app
