#include "app/narration.hpp"

#include <string>

#include "app/trials_sheet.hpp"
#include "app/view/number.hpp"
#include "app/watch.hpp"

namespace vilfredo::app {

namespace {

using nlohmann::ordered_json;
using view::tone;

std::string called(trial_id id, std::uint32_t attempt = 1) {
  return "trial " + std::to_string(id.number) + (attempt > 1 ? " (attempt " + std::to_string(attempt) + ")" : "");
}

bool on_front(const ledger& book, observation_id x) { return book.summary().on_front(x); }

struct for_people {
  const ledger& book;
  using told = std::optional<view::line>;

  told operator()(const events::trial_issued& e) const {
    const trial* t = book.find(e.trial);
    if (e.resumed_from)
      return view::line{{called(e.trial, e.attempt) + " resumed from step " + view::brief(*e.resumed_from)},
                        {e.anew ? " (anew: it had left no checkpoint)" : "", tone::faint}};
    auto what = t ? assignments_in_words(book, t->point) : "";
    return view::line{{called(e.trial, e.attempt) + " started"},
                      {std::string(" (") + to_string(t ? t->from : e.from) + ")", tone::faint},
                      {": " + what}};
  }
  told operator()(const events::progress_reported& e) const {
    return view::line{
        {called(e.trial, e.attempt) + " at step " + view::brief(e.step) + ": " + values_in_words(book, e.values),
         tone::faint}};
  }
  told operator()(const events::trial_completed& e) const {
    view::line out{{called(e.trial, e.attempt) + " completed", tone::good}, {": " + values_in_words(book, e.values)}};
    if (on_front(book, e.observation)) out.push_back({" (on the front)", tone::strong});
    return out;
  }
  told operator()(const events::trial_stopped& e) const {
    return view::line{{called(e.trial, e.attempt) + " stopped at step " + view::brief(e.step), tone::warning},
                      {": " + e.rule + ": " + e.reason}};
  }
  told operator()(const events::trial_paused& e) const {
    return view::line{{called(e.trial, e.attempt) + " paused at step " + view::brief(e.step), tone::warning},
                      {": " + e.rule + ": " + e.reason}};
  }
  told operator()(const events::trial_failed& e) const {
    return view::line{{called(e.trial, e.attempt) + " failed", tone::bad}, {": " + e.reason}};
  }
  told operator()(const events::trial_returned& e) const {
    return view::line{{called(e.trial, e.attempt) + " will be tried again", tone::warning}, {": " + e.reason}};
  }
  told operator()(const events::trial_cancelled& e) const {
    return view::line{{called(e.trial) + " cancelled", tone::warning}, {": " + e.reason}};
  }
  told operator()(const events::plan_failed& e) const {
    return view::line{{"the sampler " + e.sampler + " failed", tone::warning}, {": " + e.reason}};
  }
  told operator()(const events::experiment_created&) const { return view::line{{"experiment created"}}; }
  told operator()(const events::experiment_edited&) const { return view::line{{"experiment edited"}}; }
  told operator()(const events::experiment_resumed&) const { return view::line{{"experiment resumed"}}; }
  told operator()(const events::experiment_stopped& e) const {
    return view::line{{"experiment stopped", tone::strong}, {": " + e.reason}};
  }
  template <class T>
  told operator()(const T&) const {
    return std::nullopt;
  }
};

struct for_programs {
  const ledger& book;
  using told = std::optional<ordered_json>;

  ordered_json values(const std::vector<double>& x) const {
    auto out = ordered_json::object();
    const auto& metrics = book.definition().metrics;
    for (std::size_t i = 0; i < std::min(x.size(), metrics.size()); ++i)
      if (auto value = cell(x[i]); !value.is_null()) out[metrics[i].name] = std::move(value);
    return out;
  }
  ordered_json assignments_of(trial_id id) const {
    auto out = ordered_json::object();
    if (const trial* t = book.find(id))
      for (const auto& n : book.space().name(t->point)) out[n.name] = cell(n.value);
    return out;
  }

  /// A further attempt's fact does not repeat where the trial came from.
  origin origin_of(const events::trial_issued& e) const {
    const trial* t = book.find(e.trial);
    return t ? t->from : e.from;
  }

  told operator()(const events::trial_issued& e) const {
    ordered_json out{{"event", "trial_started"},
                     {"trial", e.trial.number},
                     {"attempt", e.attempt},
                     {"origin", to_string(origin_of(e))},
                     {"assignments", assignments_of(e.trial)}};
    if (e.resumed_from) {
      out["resumed_from"] = *e.resumed_from;
      out["anew"] = e.anew;
    }
    return out;
  }
  told operator()(const events::progress_reported& e) const {
    return ordered_json{{"event", "trial_reported"},
                        {"trial", e.trial.number},
                        {"attempt", e.attempt},
                        {"step", e.step},
                        {"metrics", values(e.values)}};
  }
  told operator()(const events::trial_completed& e) const {
    return ordered_json{{"event", "trial_completed"},
                        {"trial", e.trial.number},
                        {"attempt", e.attempt},
                        {"metrics", values(e.values)},
                        {"front", on_front(book, e.observation)},
                        {"late", e.late}};
  }
  told operator()(const events::trial_paused& e) const {
    return ordered_json{{"event", "trial_paused"}, {"trial", e.trial.number}, {"attempt", e.attempt},
                        {"step", e.step},          {"rule", e.rule},          {"reason", e.reason}};
  }
  told operator()(const events::trial_stopped& e) const {
    return ordered_json{{"event", "trial_stopped"}, {"trial", e.trial.number},     {"attempt", e.attempt},
                        {"step", e.step},           {"metrics", values(e.values)}, {"rule", e.rule},
                        {"reason", e.reason}};
  }
  told operator()(const events::trial_failed& e) const {
    return ordered_json{
        {"event", "trial_failed"}, {"trial", e.trial.number}, {"attempt", e.attempt}, {"reason", e.reason}};
  }
  told operator()(const events::trial_returned& e) const {
    return ordered_json{{"event", "trial_returned"},
                        {"trial", e.trial.number},
                        {"attempt", e.attempt},
                        {"cause", to_string(e.cause)},
                        {"reason", e.reason}};
  }
  told operator()(const events::trial_cancelled& e) const {
    return ordered_json{{"event", "trial_cancelled"}, {"trial", e.trial.number}, {"reason", e.reason}};
  }
  told operator()(const events::plan_made& e) const {
    return ordered_json{{"event", "plan_made"},
                        {"plan", e.plan},
                        {"sampler", e.sampler},
                        {"candidates", e.candidates.size()},
                        {"note", e.note}};
  }
  told operator()(const events::plan_failed& e) const {
    return ordered_json{{"event", "plan_failed"}, {"sampler", e.sampler}, {"reason", e.reason}};
  }
  told operator()(const events::experiment_created&) const { return ordered_json{{"event", "experiment_created"}}; }
  told operator()(const events::experiment_edited&) const { return ordered_json{{"event", "experiment_edited"}}; }
  told operator()(const events::experiment_resumed&) const { return ordered_json{{"event", "experiment_resumed"}}; }
  told operator()(const events::experiment_stopped& e) const {
    return ordered_json{{"event", "experiment_stopped"}, {"rule", e.rule}, {"reason", e.reason}};
  }
  template <class T>
  told operator()(const T&) const {
    return std::nullopt;
  }
};

}  // namespace

std::optional<view::line> narrate(const fact& x, const ledger& book) {
  auto out = std::visit(for_people{book}, x.what);
  if (out) out->insert(out->begin(), {view::time_of_day(x.at) + " ", tone::faint});
  return out;
}

std::optional<ordered_json> narrate_json(const fact& x, const ledger& book) {
  auto out = std::visit(for_programs{book}, x.what);
  if (out) (*out)["at"] = view::timestamp(x.at);
  return out;
}

}  // namespace vilfredo::app
