#include "app/worker_narration.hpp"

#include <cmath>

#include "app/view/number.hpp"
#include "app/watch.hpp"

namespace vilfredo::app {

namespace {

using nlohmann::ordered_json;
using view::tone;

template <class C>
std::string called(const C& x) {
  return "trial " + std::to_string(x.trial.number) +
         (x.attempt > 1 ? " (attempt " + std::to_string(x.attempt) + ")" : "");
}

std::string in_words(const std::vector<measurement>& values) {
  std::string out;
  for (const auto& m : values)
    if (std::isfinite(m.value)) out += (out.empty() ? "" : ", ") + m.metric + " " + view::brief(m.value);
  return out;
}

struct for_people {
  const answer& got;
  const ledger& book;
  using told = std::optional<view::line>;

  told operator()(const ask&) const {
    const auto& x = std::get<issued>(got);
    return view::line{{called(x) + " started"},
                      {std::string(" (") + to_string(x.from) + ")", tone::faint},
                      {": " + assignments_in_words(book, x.point)}};
  }
  told operator()(const report& c) const {
    if (const auto& x = std::get<advice>(got); x.stop)
      return view::line{{called(c) + " is to stop at step " + view::brief(c.step), tone::warning}, {": " + x.reason}};
    return view::line{{called(c) + " at step " + view::brief(c.step) + ": " + in_words(c.values), tone::faint}};
  }
  told operator()(const complete& c) const {
    return view::line{{called(c) + " completed", tone::good}, {": " + in_words(c.values)}};
  }
  told operator()(const fail& c) const { return view::line{{called(c) + " failed", tone::bad}, {": " + c.reason}}; }
  told operator()(const give_back& c) const {
    return view::line{{called(c) + " was given back", tone::warning}, {": " + c.reason}};
  }
  template <class C>
  told operator()(const C&) const {
    return std::nullopt;
  }
};

struct for_programs {
  const answer& got;
  const ledger& book;
  using told = std::optional<ordered_json>;

  told operator()(const ask&) const {
    const auto& x = std::get<issued>(got);
    ordered_json assignments = ordered_json::object();
    for (const auto& a : book.space().name(x.point))
      std::visit([&](const auto& v) { assignments[a.name] = v; }, a.value);
    return with(x, "trial_started", {{"origin", to_string(x.from)}, {"assignments", std::move(assignments)}});
  }
  told operator()(const report& c) const {
    ordered_json more{{"step", c.step}, {"metrics", metrics(c.values)}, {"stop", std::get<advice>(got).stop}};
    if (const auto& x = std::get<advice>(got); x.stop) more["reason"] = x.reason;
    return with(c, "trial_reported", std::move(more));
  }
  told operator()(const complete& c) const {
    return with(c, "trial_completed", {{"metrics", metrics(c.values)}, {"counted", std::get<recorded>(got).counted}});
  }
  told operator()(const fail& c) const { return with(c, "trial_failed", {{"reason", c.reason}}); }
  told operator()(const give_back& c) const {
    return with(c, "trial_given_back", {{"cause", to_string(c.cause)}, {"reason", c.reason}});
  }
  template <class C>
  told operator()(const C&) const {
    return std::nullopt;
  }

private:
  template <class C>
  static ordered_json with(const C& x, const char* event, const ordered_json& more) {
    ordered_json out{{"event", event}, {"trial", x.trial.number}, {"attempt", x.attempt}};
    out.update(more);
    return out;
  }
  static ordered_json metrics(const std::vector<measurement>& values) {
    ordered_json out = ordered_json::object();
    for (const auto& m : values) out[m.metric] = std::isfinite(m.value) ? ordered_json(m.value) : ordered_json();
    return out;
  }
};

}  // namespace

std::optional<view::line> narrate(const command& what, const outcome& how, const ledger& book) {
  return how ? std::visit(for_people{*how, book}, what) : std::nullopt;
}

std::optional<ordered_json> narrate_json(const command& what, const outcome& how, const ledger& book) {
  return how ? std::visit(for_programs{*how, book}, what) : std::nullopt;
}

}  // namespace vilfredo::app
