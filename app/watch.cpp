#include "app/watch.hpp"

#include <algorithm>
#include <cmath>

#include "app/sheet.hpp"
#include "app/trials_sheet.hpp"
#include "app/view/number.hpp"
#include "core/savings.hpp"

namespace vilfredo::app {

namespace {
constexpr std::size_t most_news = 10, most_reasons = 1000;
}

std::string assignments_in_words(const ledger& book, const assignments& x) {
  std::string out;
  for (const auto& n : book.space().name(x)) out += (out.empty() ? "" : " ") + n.name + "=" + view::brief(n.value);
  return out;
}

std::string values_in_words(const ledger& book, const std::vector<double>& values) {
  std::string out;
  const auto& metrics = book.definition().metrics;
  for (std::size_t i = 0; i < std::min(metrics.size(), values.size()); ++i)
    if (std::isfinite(values[i])) out += (out.empty() ? "" : ", ") + metrics[i].name + " " + view::brief(values[i]);
  return out;
}

watch::watch(std::string title, ledger book, time_point started)
    : title_(std::move(title)), book_(std::move(book)), started_(started), ended_before_(book_.observations().size()) {
  count_failures();
}

void watch::count_failures() {
  failures_.clear();
  for (const auto& seen : book_.observations())
    if (seen.failed() && (failures_.size() < most_reasons || failures_.contains(seen.failure)))
      ++failures_[seen.failure];
}

watch::followed watch::follow(const fact& x) {
  if (x.sequence <= book_.facts()) return followed::known;
  if (x.sequence != book_.facts() + 1) return followed::gap;
  if (!book_.apply(x)) return followed::gap;
  if (auto* failed = std::get_if<events::trial_failed>(&x.what);
      failed && (failures_.size() < most_reasons || failures_.contains(failed->reason)))
    ++failures_[failed->reason];
  return followed::yes;
}

void watch::replace(ledger book) {
  book_ = std::move(book);
  count_failures();
}

void watch::tell(std::string news) {
  news_.push_back(std::move(news));
  if (news_.size() > most_news) news_.pop_front();
}

view::screen watch::picture(time_point now) const {
  view::screen out;
  const auto& s = book_.summary();
  out.title = title_;
  out.stage = stage_;
  out.ended = static_cast<std::uint64_t>(std::llround(book_.consumed()));
  out.failed = s.failed();
  out.completed = s.completed();
  out.paused = book_.count(trial_state::paused);
  if (auto saved = savings_of(book_); saved.stopped) {
    out.stopped = saved.stopped;
    auto whole = saved.steps + saved.steps_run;
    if (whole > 0) out.steps_saved = saved.steps / whole;
  }
  out.budget = book_.definition().observation_budget;
  out.elapsed = now - started_;
  auto minutes = static_cast<double>(out.elapsed.count()) / 60'000;
  if (auto done = out.ended - std::min<std::uint64_t>(out.ended, ended_before_); done > 0 && minutes > 0) {
    out.per_minute = static_cast<double>(done) / minutes;
    if (out.budget && *out.budget > out.ended && out.stage == view::screen::phase::running)
      out.left = duration{std::llround(static_cast<double>(*out.budget - out.ended) / *out.per_minute * 60'000)};
  }
  for (auto id : book_.open_trials()) {
    const trial& t = *book_.find(id);
    if (t.state != trial_state::running) continue;
    view::screen::row row;
    row.trial = std::to_string(id.number);
    if (t.attempt > 1) row.trial += " (attempt " + std::to_string(t.attempt) + ")";
    row.age = std::max(now - t.issued, duration{0});
    if (!t.reports.empty())
      row.report =
          "step " + view::brief(t.reports.back().step) + ": " + values_in_words(book_, t.reports.back().values);
    row.assignments = assignments_in_words(book_, t.point);
    out.running.push_back(std::move(row));
  }
  auto front = front_sheet(book_);
  out.front_title = front_title(book_, front.rows.size(), "Best so far");
  out.front = to_table(front, {}, true);
  out.failures.assign(failures_.begin(), failures_.end());
  std::ranges::stable_sort(out.failures, std::greater{}, [](const auto& x) { return x.second; });
  out.news.assign(news_.begin(), news_.end());
  return out;
}

}  // namespace vilfredo::app
