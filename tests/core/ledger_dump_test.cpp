#include <doctest/doctest.h>

#include "core/random.hpp"
#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {

/// Sends commands drawn at random, most of which make sense at their moment and some of which do not.
class monkey {
public:
  monkey(bookkeeper& k, std::uint64_t seed) : k_(k), random_(seed) {}

  void act() {
    k_.now += duration{static_cast<std::int64_t>(random_.below(3'000))};
    auto id = some_trial();
    auto attempt = k_.book().find(id) ? std::max(1u, k_.book().find(id)->attempt) : 1u;
    if (random_.below(6) == 0 && attempt > 1) --attempt;
    switch (random_.below(23)) {
    case 0:
    case 1:
    case 2:
    case 3: issue(); break;
    case 4:
      send(enqueue{{{"x", random_.uniform()}, {"k", random_.below(2) ? std::string("p") : std::string("q")}}, task()});
      break;
    case 5:
    case 6:
    case 7: send(complete{id, attempt, values()}); break;
    case 8: send(fail{id, attempt, "diverged"}); break;
    case 9: send(give_back{id, attempt, static_cast<return_cause>(random_.below(4)), "so it goes"}); break;
    case 10: send(release_worker{worker(), "gone"}); break;
    case 11: send(cancel{id, "no need"}); break;
    case 12: send(report{id, attempt, static_cast<double>(random_.below(9)), values()}); break;
    case 13: send(heartbeat{id, attempt, 10s}); break;
    case 14:
      if (random_.below(2))
        send(observe{id, {}, values(), {}});
      else
        send(observe{std::nullopt,
                     {{"x", random_.uniform()}, {"k", std::string("p")}},
                     values(),
                     random_.below(3) ? "" : "broke",
                     task()});
      break;
    case 15: send(edit_observation{some_observation(), values(), random_.below(4) ? "" : "was wrong"}); break;
    case 16:
      send(random_.below(3) ? command{delete_observation{some_observation()}} : command{delete_trial{id}});
      break;
    case 17: {
      edit_experiment e;
      if (random_.below(2)) e.thresholds["cost"] = static_cast<double>(random_.below(10));
      if (random_.below(3) == 0) e.observation_budget = std::optional<std::uint64_t>{20 + random_.below(200)};
      if (random_.below(3) == 0) e.metadata = {{{"note", static_cast<double>(random_.below(5))}}};
      if (random_.below(3) == 0) e.name = "name " + std::to_string(random_.below(5));
      send(e);
      break;
    }
    case 18: send(random_.below(2) ? command{vilfredo::pause{}} : command{resume{}}); break;
    case 19: send(random_.below(5) ? command{resume{}} : command{archive{}}); break;
    case 20: {
      events::plan_made plan;
      plan.plan = k_.book().plans() + 1;
      plan.based_on = k_.book().revision();
      for (std::uint64_t i = 0; i < 1 + random_.below(3); ++i) plan.candidates.push_back(point());
      plan.hint = std::to_string(random_.below(1000));
      REQUIRE(k_.record(plan));
      break;
    }
    case 21: {
      const trial* t = k_.book().find(id);
      if (!t || t->state != trial_state::running || t->reports.empty()) break;
      REQUIRE(k_.record(events::trial_paused{id, t->attempt, t->reports.back().step, "asha", "for now"}));
      break;
    }
    default: {
      // The same request once more, or a request id used for something else.
      if (sent_.empty()) break;
      auto again = sent_[random_.below(sent_.size())];
      auto facts = k_.book().facts();
      bool known = k_.book().remembered(again).has_value();
      k_.send(again.what, again.request_id);
      if (known) CHECK(k_.book().facts() == facts);
      break;
    }
    }
  }

private:
  std::string worker() { return "w" + std::to_string(random_.below(3)); }
  /// In an experiment with tasks, one of their names.
  std::string task() {
    const auto& tasks = k_.book().definition().tasks;
    return tasks.empty() ? std::string{} : tasks[random_.below(tasks.size())].name;
  }
  trial_id some_trial() { return {1 + random_.below(k_.book().next_trial().number + 1)}; }
  observation_id some_observation() { return {1 + random_.below(k_.book().next_observation().number + 1)}; }
  assignments point() { return k_.book().space().from_unit(std::vector<double>{random_.uniform(), random_.uniform()}); }
  std::vector<measurement> values() {
    std::vector<measurement> out{{"cost", static_cast<double>(random_.below(12)), {}},
                                 {"gain", random_.uniform(), 0.1}};
    if (random_.below(12) == 0) out.pop_back();
    if (random_.below(30) == 0) out[0].metric = "csot";
    return out;
  }
  void send(command what) {
    request r{random_.below(2) ? "r" + std::to_string(++requests_) : "", std::move(what)};
    if (!r.request_id.empty()) sent_.push_back(r);
    k_.send(r.what, r.request_id);
  }
  void issue() {
    if (!k_.book().budget_left() || k_.book().state() != experiment_state::active) return;
    for (auto id : k_.book().open_trials())
      if (const trial& t = *k_.book().find(id); t.attempt_over && random_.below(2)) {
        REQUIRE(k_.issue_again(id, worker()));
        return;
      }
    auto until = random_.below(2) ? forever : k_.now + 5s;
    if (auto again = k_.book().retryable(k_.now)) {
      REQUIRE(k_.issue_again(*again, worker(), until));
    } else if (auto queued = k_.book().first_queued(); queued && random_.below(2)) {
      REQUIRE(k_.issue_again(*queued, worker(), until));
    } else {
      k_.issue(point().values, worker(), until, random_.below(2) ? "r" + std::to_string(++requests_) : "");
    }
  }

  bookkeeper& k_;
  random_source random_;
  std::uint64_t requests_ = 0;
  std::vector<request> sent_;
};

definition experiment_for_monkeys() {
  auto d = experiment({real("x", 0, 1), categorical("k", {"p", "q"})}, {minimize("cost"), maximize("gain")});
  d.observation_budget = 60;
  d.parallel_bandwidth = 4;
  d.run.emplace();
  d.run->command = {"train"};
  d.run->retries = 1;
  return d;
}

/// What must hold of every ledger at every moment, computed from the trials and observations alone.
void check_invariants(const ledger& book) {
  std::array<std::size_t, 8> counts{};
  std::set<trial_id> open;
  for (const trial* t : book.trials()) {
    ++counts[static_cast<std::size_t>(t->state)];
    if (t->open()) open.insert(t->id);
    if (t->held()) REQUIRE(book.pending(t->point));
    if (t->state == trial_state::completed || t->state == trial_state::failed) REQUIRE(t->observed);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) REQUIRE(book.count(static_cast<trial_state>(i)) == counts[i]);
  REQUIRE(book.open_trials() == open);
  observation_id last;
  summary fresh(book.definition());
  for (const auto& o : book.observations()) {
    REQUIRE(last < o.id);
    last = o.id;
    REQUIRE(book.observed(o.point));
    REQUIRE(book.find(o.id) == &o);
    fresh.add(o);
  }
  REQUIRE(fresh.front() == book.summary().front());
  REQUIRE(fresh.failed() == book.summary().failed());
  REQUIRE(fresh.hypervolume() == book.summary().hypervolume());
}

}  // namespace

TEST_CASE("whatever commands come, replaying the facts gives the same bytes, and the budget holds") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    bookkeeper k(experiment_for_monkeys());
    monkey m(k, seed);
    for (int i = 0; i < 300; ++i) {
      auto committed = k.book().committed();
      m.act();
      // A lowered budget may lie below what is there already; nothing is ever added above it.
      if (k.book().committed() > committed) REQUIRE(k.book().committed() <= *k.book().definition().observation_budget);
      if (i % 50 == 0) check_invariants(k.book());
    }
    check_invariants(k.book());
    REQUIRE(k.replayed().dump() == k.book().dump());
    CHECK(k.book().facts() > 100);
  }
}

TEST_CASE("whatever commands come, what tasks cost is replayed, too") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto d = experiment_for_monkeys();
    d.metrics[1].strategy = strategy::store;
    d.tasks = {{"tenth", 0.1}, {"all", 1}, {"half", 0.5}};
    bookkeeper k(d);
    monkey m(k, seed);
    for (int i = 0; i < 300; ++i) {
      auto committed = k.book().committed();
      m.act();
      if (k.book().committed() > committed + 1e-9)
        REQUIRE(committed < static_cast<double>(*k.book().definition().observation_budget));
    }
    double consumed = 0;
    for (const auto& o : k.book().observations()) consumed += cost_of(d, o.task);
    REQUIRE(k.book().consumed() == doctest::Approx(consumed));
    REQUIRE(k.replayed().dump() == k.book().dump());
  }
}

TEST_CASE("deciding changes nothing") {
  bookkeeper k(experiment_for_monkeys());
  monkey m(k, 1234);
  for (int i = 0; i < 200; ++i) m.act();
  auto before = k.book().dump();
  for (command c : std::vector<command>{complete{{1}, 1, {}}, vilfredo::pause{}, archive{}, delete_trial{{1}},
                                        release_worker{"w1", ""}, enqueue{{{"x", 0.5}, {"k", std::string("p")}}}})
    static_cast<void>(k.book().decide(c, k.now));
  CHECK(k.book().dump() == before);
}

TEST_CASE("every kind of change shows in the dump") {
  std::vector<command> changes{enqueue{{{"x", 0.5}}},
                               report{{1}, 1, 1, {{"y", 2, {}}}},
                               complete{{1}, 1, {{"y", 1, {}}}},
                               edit_observation{{1}, {{"y", 3, {}}}, ""},
                               delete_observation{{1}},
                               vilfredo::pause{},
                               resume{},
                               archive{}};
  edit_experiment rules;
  rules.stop_when = stop_rules{};
  rules.stop_when->stagnation = 99;
  changes.push_back(rules);
  edit_experiment words;
  words.metadata = {{{"team", std::string("credit")}}};
  changes.push_back(words);
  bookkeeper k(simple_experiment());
  k.issue({0.1});
  std::set<std::string> dumps{k.book().dump()};
  for (const auto& c : changes) {
    REQUIRE(k.send(c));
    CHECK(dumps.insert(k.book().dump()).second);
  }
}
