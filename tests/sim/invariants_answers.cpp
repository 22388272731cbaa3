#include <algorithm>
#include <cmath>
#include <type_traits>

#include "tests/sim/invariants.hpp"

namespace vilfredo::sim {

namespace {

std::string named(trial_id x) { return "trial " + std::to_string(x.number); }

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// What an answer says, against the durable facts at the moment it leaves.
struct answer_reader {
  invariants& say;
  const record& book;
  const request& asked;

  const fact* own_fact() const {
    auto found = book.fact_of.find(asked.request_id);
    return found == book.fact_of.end() ? nullptr : &book.facts[found->second];
  }
  template <class E>
  const E* own() const {
    auto* x = own_fact();
    return x ? std::get_if<E>(&x->what) : nullptr;
  }
  const record::seen_trial* trial(trial_id id) const {
    auto found = book.trials.find(id.number);
    return found == book.trials.end() ? nullptr : &found->second;
  }
  void must(bool holds, const char* invariant, const std::string& what) const {
    if (!holds) say.violated(invariant, "request " + asked.request_id + " was answered: " + what);
  }

  void operator()(const issued& got) const {
    auto* e = own<events::trial_issued>();
    must(e != nullptr, "I1 ack-durable", named(got.trial) + " is yours, but that is not durable");
    if (!e) return;
    must(e->trial == got.trial && e->attempt == got.attempt, "I3 maybe-bounded",
         named(got.trial) + ", but " + named(e->trial) + " is what the request got");
    auto* t = trial(got.trial);
    must(t && t->point == got.point, "I2 ack-exact", named(got.trial) + " with other assignments than are stored");
  }
  void operator()(const advice& got) const {
    if (!std::holds_alternative<report>(asked.what) || got.stop) return;
    must(own<events::progress_reported>() != nullptr, "I1 ack-durable", "the report was taken, but is not durable");
  }
  void operator()(const recorded& got) const {
    auto* done = std::get_if<complete>(&asked.what);
    auto* seen = std::get_if<observe>(&asked.what);
    if (!got.counted) return;
    if (!seen) {
      auto* t = trial(got.trial);
      must(t && (t->state == trial_state::completed || t->state == trial_state::failed), "I1 ack-durable",
           named(got.trial) + " has ended, but that is not durable");
    }
    bool stored = own<events::observation_added>() || own<events::trial_completed>() || own<events::trial_failed>();
    if (seen) must(stored, "I1 ack-durable", "observed, but that is not durable");
    // A repeated result is answered with the first one's observation; only the first was stored.
    const std::vector<double>* kept = nullptr;
    if (auto* e = own<events::trial_completed>()) kept = &e->values;
    if (auto* e = own<events::observation_added>()) kept = &e->observation.values;
    if (!kept || kept->empty()) return;
    for (const auto& m : done ? done->values : seen ? seen->values : std::vector<measurement>{}) {
      auto at = std::ranges::find(book.what.metrics, m.metric, &metric::name) - book.what.metrics.begin();
      must(same((*kept)[static_cast<std::size_t>(at)], m.value), "I2 ack-exact",
           "observation " + std::to_string(got.observation.number) + " holds another value of " + m.metric);
    }
  }
  void operator()(const given_back& got) const {
    auto* back = std::get_if<give_back>(&asked.what);
    auto* t = trial(got.trial);
    must(t && back &&
             !((t->state == trial_state::running || (t->state == trial_state::paused && !t->over)) &&
               t->attempt == back->attempt),
         "I1 ack-durable", named(got.trial) + " was given back, but that is not durable");
  }
  void operator()(const enqueued& got) const {
    auto* e = own<events::trial_queued>();
    must(e && e->trial == got.trial, "I1 ack-durable", named(got.trial) + " is queued, but that is not durable");
  }
  void operator()(const recorded_many& got) const {
    must(got.items.empty() || own<events::batch_begun>(), "I1 ack-durable", "all observed, but that is not durable");
  }
  void operator()(const done&) const {
    std::visit(
        [&](const auto& c) {
          using C = std::decay_t<decltype(c)>;
          if constexpr (std::is_same_v<C, cancel>) {
            auto* t = trial(c.trial);
            must(t && t->state == trial_state::cancelled, "I1 ack-durable",
                 named(c.trial) + " is cancelled, but that is not durable");
          } else if constexpr (std::is_same_v<C, delete_trial>) {
            auto* t = trial(c.trial);
            must(t && t->deleted, "I1 ack-durable", named(c.trial) + " is deleted, but that is not durable");
          } else if constexpr (std::is_same_v<C, delete_observation>) {
            must(!book.observations.contains(c.observation.number), "I1 ack-durable",
                 "observation " + std::to_string(c.observation.number) + " is deleted, but that is not durable");
          } else if constexpr (std::is_same_v<C, edit_observation>) {
            must(own_fact() != nullptr, "I1 ack-durable", "edited, but that is not durable");
          }
        },
        asked.what);
  }
};

bool same_answer(const answer& a, const answer& b) {
  if (a.index() != b.index()) return false;
  if (auto* x = std::get_if<issued>(&a)) {
    auto& y = std::get<issued>(b);
    return x->trial == y.trial && x->attempt == y.attempt && x->point == y.point;
  }
  if (auto* x = std::get_if<recorded>(&a)) {
    auto& y = std::get<recorded>(b);
    return x->trial == y.trial && x->observation == y.observation && x->counted == y.counted;
  }
  if (auto* x = std::get_if<enqueued>(&a)) return x->trial == std::get<enqueued>(b).trial;
  return true;
}

}  // namespace

void invariants::answered(experiment_id experiment, const request& x, const outcome& got) {
  auto& book = of(experiment);
  if (!got) {
    if (got.error().code == errc::internal)
      violated("I3 maybe-bounded", "request " + x.request_id + " met an internal error: " + got.error().message);
    return;
  }
  std::visit(answer_reader{*this, book, x}, *got);
  // Judged anew each time: whether to go on. All else is remembered with the request's fact.
  bool kept = book.fact_of.contains(x.request_id) && !std::holds_alternative<advice>(*got);
  if (!kept) return;
  auto [first, fresh] = book.answers.emplace(x.request_id, *got);
  if (!fresh && !same_answer(first->second, *got))
    violated("I3 maybe-bounded", "request " + x.request_id + " was answered in two ways");
}

}  // namespace vilfredo::sim
