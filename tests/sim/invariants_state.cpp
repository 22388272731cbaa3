#include <algorithm>
#include <cmath>

#include "tests/sim/invariants.hpp"

namespace vilfredo::sim {

namespace {

std::string named(experiment_id x) { return "experiment " + std::to_string(x.number); }

std::optional<ledger> fold(const std::vector<fact>& facts) {
  if (facts.empty()) return std::nullopt;
  auto book = ledger::open(facts.front());
  if (!book) return std::nullopt;
  for (std::size_t i = 1; i < facts.size(); ++i)
    if (!book->apply(facts[i])) return std::nullopt;
  return *std::move(book);
}

/// The first line in which two dumps differ.
std::string difference(const std::string& a, const std::string& b) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i)
    if (a[i] == '\n') start = i + 1;
  auto line = [&](const std::string& text) { return text.substr(start, text.find('\n', start) - start); };
  return "\"" + line(a) + "\" against \"" + line(b) + "\"";
}

double loss(const metric& m, double value) { return m.objective == objective::maximize ? -value : value; }

}  // namespace

void invariants::read(experiment_id experiment, const ledger& book, std::uint64_t at_least) {
  auto* known = find(experiment);
  if (!known) return violated("I1 ack-durable", named(experiment) + " was read, but is not durable");
  if (book.facts() < at_least)
    violated("I12 monotonic", "a reader saw " + std::to_string(book.facts()) + " facts of " + named(experiment) +
                                  " when " + std::to_string(at_least) + " had been durable before it asked");
  if (book.facts() > known->facts.size())
    violated("I12 monotonic", "a reader saw fact " + std::to_string(book.facts()) + " of " + named(experiment) +
                                  ", which is not durable and may yet be lost");
  if (book.facts() == known->facts.size()) derived(experiment, book);
}

/// Best, front and counts by brute force, from the record's own observations.
void invariants::derived(experiment_id experiment, const ledger& book) {
  const auto& known = *find(experiment);
  const auto& metrics = known.what.metrics;
  auto wrong = [&](const std::string& what) { violated("I9 derived", named(experiment) + ": " + what); };
  auto eligible = [&](const observation& o) {
    if (!o.final()) return false;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const auto& m = metrics[i];
      if (m.strategy == strategy::store) continue;
      if (!std::isfinite(o.values[i])) return false;
      if (m.threshold && loss(m, o.values[i]) > loss(m, *m.threshold)) return false;
    }
    return true;
  };
  std::vector<const observation*> good;
  std::uint64_t failed = 0;
  for (const auto& [id, o] : known.observations) {
    failed += !o.failure.empty();
    if (eligible(o)) good.push_back(&o);
  }
  const auto& told = book.summary();
  if (told.observations() != known.observations.size() || told.failed() != failed)
    wrong("it counts " + std::to_string(told.observations()) + " observations, " + std::to_string(told.failed()) +
          " of them failed; there are " + std::to_string(known.observations.size()) + " and " + std::to_string(failed));
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].strategy == strategy::store) continue;
    const observation* best = nullptr;
    for (auto* o : good)
      if (!best || loss(metrics[i], o->values[i]) < loss(metrics[i], best->values[i])) best = o;
    auto said = told.best(i);
    if (static_cast<bool>(said) != (best != nullptr) || (said && said->observation != best->id))
      wrong("the best by " + metrics[i].name + " is observation " + std::to_string(best ? best->id.number : 0) +
            ", not " + std::to_string(said ? said->observation.number : 0));
  }
  auto dominated = [&](const observation& by, const observation& o) {
    bool better = false;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (metrics[i].strategy != strategy::optimize) continue;
      if (loss(metrics[i], by.values[i]) > loss(metrics[i], o.values[i])) return false;
      better = better || loss(metrics[i], by.values[i]) < loss(metrics[i], o.values[i]);
    }
    return better;
  };
  std::vector<observation_id> front;
  for (auto* o : good)
    if (std::ranges::none_of(good, [&](auto* other) { return dominated(*other, *o); })) front.push_back(o->id);
  auto said = told.front();
  std::ranges::sort(said);
  if (said != front)
    wrong("the front has " + std::to_string(front.size()) + " members, not " + std::to_string(said.size()));
  std::size_t held = 0;
  for (const auto& [id, t] : known.trials) {
    if (t.deleted) continue;
    held += t.state == trial_state::running;
    const auto* own = book.find(trial_id{id});
    if (!own || own->state != t.state || own->attempt != t.attempt)
      wrong("trial " + std::to_string(id) + " is " + to_string(t.state) + " in attempt " + std::to_string(t.attempt));
  }
  if (held != book.count(trial_state::running)) wrong(std::to_string(held) + " trials are running");
}

void invariants::stored(experiment_id experiment, const std::vector<fact>& facts) {
  auto* known = find(experiment);
  if (!known) return;
  if (facts.size() < known->facts.size())
    return violated("I1 ack-durable", "the store of " + named(experiment) + " holds " + std::to_string(facts.size()) +
                                          " facts; " + std::to_string(known->facts.size()) + " had become durable");
  auto now = fold(facts);
  auto then = fold(known->facts);
  if (!now || !then) return violated("I10 replay", "the facts of " + named(experiment) + " do not follow one another");
  if (now->dump() != then->dump())
    violated("I2 ack-exact",
             "the store of " + named(experiment) + " changed: " + difference(now->dump(), then->dump()));
}

void invariants::live(experiment_id experiment, const engine& inside, time_point now) {
  auto* known = find(experiment);
  if (!known || inside.book().facts() != known->facts.size()) return;
  auto again = fold(known->facts);
  if (!again) return violated("I10 replay", "the facts of " + named(experiment) + " do not follow one another");
  auto lived = inside.book().dump();
  if (lived != again->dump())
    return violated("I10 replay",
                    named(experiment) + " is not the fold of its facts: " + difference(lived, again->dump()));
  derived(experiment, inside.book());
  if (inside.waiting() > 0) return;
  auto next = [&](engine book) -> std::optional<issued> {
    for (auto& r : book.handle({{}, ask{"somebody", duration{0}, std::nullopt}}, ~ticket{0}, now).replies)
      if (r.to == ~ticket{0} && r.what) return std::get<issued>(*r.what);
    return std::nullopt;
  };
  // What the stopping rules would say to a report of each running trial.
  auto advised = [&](engine book) {
    std::vector<bool> out;
    for (const auto& [id, t] : known->trials) {
      if (t.deleted || t.state != trial_state::running) continue;
      report far{trial_id{id}, t.attempt, 1e6, {{known->what.metrics[0].name, 0.5, std::nullopt}}};
      for (auto& r : book.handle({{}, far}, ~ticket{0}, now).replies)
        if (r.to == ~ticket{0}) out.push_back(r.what && std::get<advice>(*r.what).stop);
    }
    return out;
  };
  auto here = next(inside);
  auto judged_here = advised(inside);
  auto loaded = engine::load(*std::move(again));
  if (!loaded) return violated("I10 replay", named(experiment) + " cannot be loaded: " + loaded.error().message);
  if (judged_here != advised(*loaded))
    violated("I11 deterministic", named(experiment) + " would stop other trials after a restart");
  auto there = next(*std::move(loaded));
  if (here.has_value() != there.has_value() ||
      (here && !(here->trial == there->trial && here->point == there->point && here->from == there->from)))
    violated("I11 deterministic", named(experiment) + " would suggest something else after a restart");
}

void invariants::settled(experiment_id experiment, time_point then) {
  auto* known = find(experiment);
  if (!known) return;
  for (const auto& [id, t] : known->trials)
    if (!t.deleted && (t.state == trial_state::running || (t.state == trial_state::paused && !t.over)) &&
        t.lease_until < then)
      violated("I13 liveness", "trial " + std::to_string(id) + " of " + named(experiment) + " is still held by \"" +
                                   t.worker + "\", whose lease ran out long ago");
}

}  // namespace vilfredo::sim
