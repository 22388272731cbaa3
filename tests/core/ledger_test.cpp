#include "core/ledger.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/request_id.hpp"
#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {
fact creating(definition d) {
  return {1, time_point{1s}, "make", events::experiment_created{std::make_shared<const definition>(std::move(d))}};
}
}  // namespace

TEST_CASE("a ledger begins with the fact that created it") {
  auto book = must(ledger::open(creating(simple_experiment())));
  CHECK(book.definition().name == "test");
  CHECK(book.facts() == 1);
  CHECK(book.revision() == 0);
  CHECK(book.state() == experiment_state::active);
  CHECK(book.created() == time_point{1s});
  CHECK(book.next_trial() == trial_id{1});
  CHECK(book.trials().empty());

  auto late = creating(simple_experiment());
  late.sequence = 2;
  CHECK(ledger::open(late).error().code == errc::internal);
  CHECK_FALSE(ledger::open({1, {}, "", events::experiment_paused{}}));
  auto bad = simple_experiment();
  bad.metrics.clear();
  CHECK(ledger::open(creating(bad)).error().message ==
        "metrics: there must be at least one metric to optimize or to constrain");
}

TEST_CASE("the budget counts what was observed and what is being tried, and queued trials do not") {
  auto d = simple_experiment();
  d.observation_budget = 3;
  bookkeeper k(d);
  k.send(enqueue{{{"x", 0.1}}});
  CHECK(k.book().committed() == 0);
  auto a = k.issue({0.2});
  auto b = k.issue({0.3});
  CHECK(k.book().committed() == 2);
  k.send(complete{a, 1, {{"y", 1, {}}}});
  k.send(give_back{b, 1, return_cause::interrupted, ""});
  CHECK(k.book().committed() == 2);
  CHECK(k.book().budget_left());
  auto c = k.issue({0.4});
  CHECK_FALSE(k.book().budget_left());
  k.send(cancel{c, ""});
  CHECK(k.book().budget_left());
}

TEST_CASE("an experiment is finished when its budget is observed, and goes on when it is raised") {
  auto d = simple_experiment();
  d.observation_budget = 1;
  bookkeeper k(d);
  k.send(complete{k.issue({0.2}), 1, {{"y", 1, {}}}});
  CHECK(k.book().state() == experiment_state::finished);
  edit_experiment more;
  more.observation_budget = std::optional<std::uint64_t>{2};
  CHECK(k.send(more));
  CHECK(k.book().state() == experiment_state::active);
  edit_experiment unlimited;
  unlimited.observation_budget.emplace(std::nullopt);
  CHECK(k.send(unlimited));
  CHECK_FALSE(k.book().definition().observation_budget);
}

TEST_CASE("returned trials wait in the order of their retry times") {
  auto d = simple_experiment();
  d.run.emplace();
  d.run->command = {"train"};
  d.run->retries = 3;
  bookkeeper k(d);
  auto a = k.issue({0.1}), b = k.issue({0.2});
  k.send(give_back{a, 1, return_cause::machine, "signal 9"});
  k.send(give_back{b, 1, return_cause::interrupted, ""});
  CHECK(k.book().retryable(k.now) == b);
  REQUIRE(k.issue_again(b));
  CHECK_FALSE(k.book().retryable(k.now + 999ms));
  CHECK(k.book().retryable(k.now + 1s) == a);
}

TEST_CASE("pending are the configurations that are being tried, observed those that ended with an observation") {
  bookkeeper k(simple_experiment());
  auto a = k.issue({0.1});
  k.issue({0.1});
  k.send(enqueue{{{"x", 0.9}}});
  CHECK(k.book().pending({{0.1}}));
  CHECK_FALSE(k.book().pending({{0.9}}));
  k.send(complete{a, 1, {{"y", 1, {}}}});
  CHECK(k.book().pending({{0.1}}));  // the twin
  CHECK(k.book().observed({{0.1}}));
  k.send(cancel{{2}, ""});
  CHECK_FALSE(k.book().pending({{0.1}}));
  k.send(delete_observation{{1}});
  CHECK_FALSE(k.book().observed({{0.1}}));
}

TEST_CASE("stop rules: failures") {
  auto d = simple_experiment();
  d.stop_when.failed = 2;
  bookkeeper k(d);
  k.send(fail{k.issue({0.1}), 1, "nan"});
  CHECK(k.book().state() == experiment_state::active);
  k.send(fail{k.issue({0.2}), 1, "nan"});
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "2 observations have failed");
}

TEST_CASE("stop rules: stagnation counts observations that did not fail and did not improve") {
  auto d = simple_experiment();
  d.stop_when.stagnation = 2;
  bookkeeper k(d);
  auto seen = [&](double y) { k.send(complete{k.issue({0.1}), 1, {{"y", y, {}}}}); };
  seen(5);
  seen(6);
  k.send(fail{k.issue({0.2}), 1, ""});
  seen(4);
  seen(4);
  CHECK(k.book().state() == experiment_state::active);
  seen(9);
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "no improvement in the last 2 observations");
}

TEST_CASE("stop rules: a target is met by one observation that meets all of it") {
  auto d = experiment({real("x", 0, 1)}, {maximize("gain"), minimize("cost")});
  d.stop_when.target = {{"gain", 5}, {"cost", 2}};
  bookkeeper k(d);
  auto seen = [&](double gain, double cost) {
    k.send(complete{k.issue({0.1}), 1, {{"gain", gain, {}}, {"cost", cost, {}}}});
  };
  seen(6, 3);
  seen(4, 1);
  k.send(fail{k.issue({0.1}), 1, ""});
  CHECK(k.book().state() == experiment_state::active);
  seen(5, 2);
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "observation 4 meets the target");
}

TEST_CASE("stop rules: steps are those of all trials, and each trial's highest counts") {
  auto d = simple_experiment();
  d.stop_when.steps = 10;
  bookkeeper k(d);
  auto a = k.issue({0.1}), b = k.issue({0.2});
  auto tell = [&](trial_id t, double step) { k.send(report{t, k.book().find(t)->attempt, step, {{"y", 1, {}}}}); };
  tell(a, 4);
  tell(a, 2);
  tell(b, 5);
  k.send(give_back{b, 1, return_cause::interrupted, ""});
  REQUIRE(k.issue_again(b));
  tell(b, 3);
  CHECK(k.book().steps() == 9);
  CHECK(k.book().state() == experiment_state::active);
  tell(a, 5);
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "10 steps have been run");
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("stop rules: a cost is a metric's sum over all observations, and follows their edits") {
  auto d = experiment({real("x", 0, 1)}, {minimize("y"), store("seconds")});
  d.stop_when.cost = {{"seconds", 10}};
  bookkeeper k(d);
  auto seen = [&](double seconds) {
    return answer_of<recorded>(k.send(complete{k.issue({0.1}), 1, {{"y", 1, {}}, {"seconds", seconds, {}}}}))
        .observation;
  };
  auto first = seen(6);
  k.send(fail{k.issue({0.2}), 1, ""});
  k.send(complete{k.issue({0.3}), 1, {{"y", 1, {}}}});
  k.send(edit_observation{first, {{"y", 1, {}}, {"seconds", 2, {}}}, ""});
  seen(7.5);
  CHECK(k.book().summary().total(1) == 9.5);
  CHECK(k.book().state() == experiment_state::active);
  seen(0.5);
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "\"seconds\" comes to 10 over all observations");
}

TEST_CASE("stop rules: an improvement that has become improbable") {
  auto d = simple_experiment();
  d.stop_when.improbable = {1, 0.2};
  bookkeeper k(d);
  auto seen = [&](double y) { k.send(complete{k.issue({0.1}), 1, {{"y", y, {}}}}); };
  for (double y : {5.0, 6.0, 6.0, 6.0, 4.0, 6.0, 6.0, 6.0}) seen(y);
  // 1 / (1 + 3 + 1) is not below 0.2.
  CHECK(k.book().state() == experiment_state::active);
  seen(7);
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() ==
        "after 4 observations without improvement, one within the next 1 has a probability of 0.1667");
}

namespace {
definition with_tasks() {
  auto d = simple_experiment();
  d.tasks = {{"all", 1}, {"tenth", 0.1}, {"half", 0.5}};
  d.observation_budget = 2;
  return d;
}
trial_id issue_task(bookkeeper& k, double x, std::optional<task_index> task) {
  events::trial_issued event;
  event.trial = k.book().next_trial();
  event.point = assignments{{x}};
  event.task = task;
  REQUIRE(k.record(event));
  return event.trial;
}
}  // namespace

TEST_CASE("with tasks the budget is the sum of costs, of what runs and of what was observed") {
  bookkeeper k(with_tasks());
  for (int i = 0; i < 10; ++i) {
    auto t = issue_task(k, 0.01 * i, 1);
    if (i < 6) k.send(complete{t, 1, {{"y", 1, {}}}});
  }
  CHECK(k.book().consumed() == doctest::Approx(0.6));
  CHECK(k.book().committed() == doctest::Approx(1));
  auto full = issue_task(k, 0.5, std::nullopt);
  CHECK_FALSE(k.book().budget_left());
  k.send(cancel{full, ""});
  CHECK(k.book().budget_left());
  CHECK(k.book().state() == experiment_state::active);
  for (std::uint64_t n = 7; n <= 10; ++n) k.send(complete{{n}, 1, {{"y", 1, {}}}});
  k.send(complete{issue_task(k, 0.6, 2), 1, {{"y", 1, {}}}});
  k.send(delete_observation{{1}});
  k.send(complete{issue_task(k, 0.7, 2), 1, {{"y", 1, {}}}});
  CHECK(k.book().consumed() == doctest::Approx(1.9));
  CHECK(k.book().budget_left());
  k.send(complete{issue_task(k, 0.8, 1), 1, {{"y", 1, {}}}});
  CHECK(k.book().state() == experiment_state::finished);
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("only full trials can be best, and only they stagnate") {
  auto d = with_tasks();
  d.observation_budget = 20;
  d.stop_when.stagnation = 1;
  bookkeeper k(d);
  for (double y : {0.1, 0.2}) k.send(complete{issue_task(k, y, 1), 1, {{"y", y, {}}}});
  CHECK_FALSE(k.book().summary().best(0));
  CHECK(k.book().state() == experiment_state::active);
  auto full = answer_of<recorded>(k.send(complete{issue_task(k, 0.5, std::nullopt), 1, {{"y", 5, {}}}})).observation;
  CHECK(k.book().summary().best(0)->observation == full);
  CHECK(k.book().summary().completed() == 3);
  const auto& cheap = *k.book().find(observation_id{1});
  CHECK(cheap.task == task_index{1});
  CHECK_FALSE(cheap.final());
  CHECK(k.book().find(full)->final());
}

TEST_CASE("facts with foreign tasks do not follow") {
  bookkeeper k(with_tasks());
  events::trial_issued event;
  event.trial = {1};
  event.point = assignments{{0.5}};
  for (task_index wrong : {0u, 3u}) {
    event.task = wrong;
    CHECK_FALSE(k.record(event));
    CHECK_FALSE(k.record(events::trial_queued{{1}, {{0.5}}, wrong}));
    observation seen;
    seen.id = {1};
    seen.point = {{0.5}};
    seen.values = {1};
    seen.task = wrong;
    CHECK_FALSE(k.record(events::observation_added{seen}));
  }
  events::plan_made plan;
  plan.candidates = {{{0.5}}, {{0.25}}};
  plan.tasks = {1};
  CHECK_FALSE(k.record(plan));
  plan.tasks = {1, 3};
  CHECK_FALSE(k.record(plan));
  plan.tasks = {1, 0};
  CHECK(k.record(plan));
  auto choice = k.book().serving().fresh(0, 0, [](const assignments&) { return false; });
  REQUIRE(choice);
  CHECK(choice->task == task_index{1});
}

TEST_CASE("stop rules: time is the engine's to tell, and the fact says so") {
  bookkeeper k(simple_experiment());
  REQUIRE(k.record(events::experiment_stopped{"seconds", "60 seconds have passed"}));
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK_FALSE(k.book().rule_fulfilled());
  k.send(resume{});
  CHECK(k.book().state() == experiment_state::active);
  CHECK(k.book().stop_reason().empty());
}

TEST_CASE("stop rules: a sampler that is done ends the experiment once all its candidates are tried") {
  bookkeeper k(simple_experiment());
  events::plan_made plan;
  plan.timeless = plan.last = true;
  plan.candidates = {{{0.1}}};
  REQUIRE(k.record(plan));
  CHECK_FALSE(k.book().rule_fulfilled());
  events::trial_issued event;
  event.trial = {1};
  event.point = assignments{{0.1}};
  event.plan = 1;
  REQUIRE(k.record(event));
  CHECK_FALSE(k.book().rule_fulfilled());
  k.send(complete{{1}, 1, {{"y", 1, {}}}});
  CHECK(k.book().state() == experiment_state::stopped);
  CHECK(k.book().stop_reason() == "every configuration has been tried");
}

TEST_CASE("a request id seen before is answered as then, and changes nothing more") {
  bookkeeper k(simple_experiment());
  auto first = k.issue({0.1}, "w", forever, "ask-1");
  auto again = k.book().remembered({"ask-1", ask{}});
  REQUIRE(again);
  CHECK(answer_of<issued>(*again).trial == first);

  auto queued = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}}, "q"));
  CHECK(answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}}, "q")).trial == queued.trial);
  CHECK(k.book().count(trial_state::queued) == 1);

  auto done = answer_of<recorded>(k.send(complete{first, 1, {{"y", 2, {}}}}, "c"));
  auto facts = k.book().facts();
  auto twice = answer_of<recorded>(k.send(complete{first, 1, {{"y", 2, {}}}}, "c"));
  CHECK(twice.observation == done.observation);
  CHECK(twice.counted);
  CHECK(k.book().facts() == facts);

  // Commands without facts to remember them by are the same when done twice.
  for (command c : std::vector<command>{vilfredo::pause{}, resume{}, archive{}, cancel{queued.trial, "no need"}}) {
    auto id = "id" + std::to_string(c.index());
    REQUIRE(k.send(c, id));
    facts = k.book().facts();
    REQUIRE(k.send(c, id));
    CHECK(k.book().facts() == facts);
  }
  CHECK_FALSE(k.book().remembered({"", vilfredo::pause{}}));
  CHECK_FALSE(k.book().remembered({"never seen", vilfredo::pause{}}));
}

TEST_CASE(
    "a request id is refused for anything but what was asked by it, and one without a fingerprint goes with all") {
  bookkeeper k(simple_experiment());
  const ask one{"w", duration{0}, {}};
  const auto first = with_print(7, "key"), other = with_print(8, "key");
  k.issue({0.1}, "w", forever, first);
  auto again = k.book().remembered({first, one});
  REQUIRE(again);
  CHECK(answer_of<issued>(*again).trial == trial_id{1});
  auto refused = k.book().remembered({other, one});
  REQUIRE(refused);
  CHECK(refused->error() ==
        error{errc::reused, "request id \"key\" was used for another command; use a new one for each command"});
  CHECK(answer_of<issued>(k.book().remembered({"key", one}).value()).trial == trial_id{1});
  CHECK_FALSE(k.book().remembered({with_print(7, "other key"), one}));
  // What was stored before there were fingerprints.
  k.issue({0.2}, "w", forever, "old");
  CHECK(answer_of<issued>(k.book().remembered({with_print(9, "old"), one}).value()).trial == trial_id{2});
}

TEST_CASE("an experiment is known by the id it was created by, with any fingerprint") {
  auto created = [](const std::string& id) {
    return must(
        ledger::open({1, {}, id, events::experiment_created{std::make_shared<definition>(simple_experiment())}}));
  };
  CHECK(created("old").created_by(with_print(3, "old")));
  CHECK(created(with_print(3, "new")).created_by("new"));
  CHECK(created(with_print(3, "new")).created_by(with_print(4, "new")));
  CHECK_FALSE(created("old").created_by("new"));
  CHECK_FALSE(created(with_print(3, "old")).created_by(with_print(3, "new")));
}

TEST_CASE("a request id that was used for another command is refused") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1}, "w", forever, "ask");
  k.send(vilfredo::pause{}, "pause");
  k.send(complete{t, 1, {{"y", 2, {}}}}, "complete");
  std::vector<command> all{ask{},
                           report{t, 1, 0, {}},
                           heartbeat{t, 1, 1s},
                           complete{t, 1, {}},
                           fail{t, 1, ""},
                           give_back{t, 1, return_cause::machine, ""},
                           release_worker{},
                           cancel{t, ""},
                           enqueue{},
                           observe{},
                           edit_observation{},
                           delete_observation{},
                           delete_trial{},
                           edit_experiment{},
                           vilfredo::pause{},
                           resume{},
                           archive{}};
  for (const auto& c : all)
    for (std::string id : {"ask", "pause", "complete"}) {
      bool own = (id == "ask" && std::holds_alternative<ask>(c)) ||
                 (id == "pause" && std::holds_alternative<vilfredo::pause>(c)) ||
                 // An observation of a trial that was not over says the same as its completion.
                 (id == "complete" && (std::holds_alternative<complete>(c) || std::holds_alternative<observe>(c)));
      CAPTURE(c.index());
      CAPTURE(id);
      auto answer = k.book().remembered({id, c});
      REQUIRE(answer);
      if (own)
        CHECK(*answer);
      else
        CHECK((!*answer && answer->error().code == errc::reused));
    }
  CHECK(k.book().remembered({"pause", archive{}})->error().message ==
        "request id \"pause\" was used for another command; use a new one for each command");
}

TEST_CASE("the remembered answer says what the first one said, also for late, failed and discarded results") {
  bookkeeper k(simple_experiment());
  auto check_same = [&](command c, const std::string& id) {
    auto first = answer_of<recorded>(k.send(c, id));
    auto second = answer_of<recorded>(k.send(c, id));
    CHECK(first.trial == second.trial);
    CHECK(first.observation == second.observation);
    CHECK(first.late == second.late);
    CHECK(first.counted == second.counted);
    return second;
  };
  auto a = k.issue({0.1});
  k.send(give_back{a, 1, return_cause::lease_expired, ""});
  CHECK(check_same(complete{a, 1, {{"y", 1, {}}}}, "late").late);
  auto b = k.issue({0.2});
  k.send(give_back{b, 1, return_cause::lease_expired, ""});
  CHECK(check_same(fail{b, 1, "nan"}, "late fail").late);
  auto c = k.issue({0.3});
  k.send(give_back{c, 1, return_cause::lease_expired, ""});
  REQUIRE(k.issue_again(c));
  CHECK_FALSE(check_same(fail{c, 1, "old"}, "old fail").counted);
  CHECK(check_same(complete{c, 1, {{"y", 5, {}}}}, "old complete").late);
  CHECK_FALSE(check_same(complete{c, 2, {{"y", 6, {}}}}, "new complete").counted);
  CHECK_FALSE(check_same(observe{c, {}, {{"y", 7, {}}}, ""}, "again").late);
}

namespace {
/// A trial that a rule stopped at step 3.
trial_id stopped_trial(bookkeeper& k) {
  auto id = k.issue({0.2});
  k.send(report{id, 1, 3, {{"y", 7, {}}}});
  REQUIRE(k.record(events::trial_stopped{id, 1, k.book().next_observation(), 3, {7}, "asha", "others were better"}));
  return id;
}
}  // namespace

TEST_CASE("a stopped trial has ended with what it had reported, which is not final") {
  bookkeeper k(simple_experiment());
  auto id = stopped_trial(k);
  const trial& t = *k.book().find(id);
  CHECK(t.state == trial_state::stopped);
  CHECK(t.reason == "asha: others were better");
  const observation& seen = *k.book().find(t.observed);
  CHECK(seen.values == std::vector<double>{7});
  CHECK(seen.stopped_at == 3.0);
  CHECK_FALSE(seen.final());
  CHECK(k.book().committed() == 1);
  CHECK(k.book().open_trials().empty());
  CHECK(k.replayed().dump() == k.book().dump());
}

TEST_CASE("whoever reports for a stopped trial is told to stop, and nothing changes") {
  bookkeeper k(simple_experiment());
  auto id = stopped_trial(k);
  auto facts = k.book().facts();
  auto told = answer_of<advice>(k.send(report{id, 1, 4, {{"y", 1, {}}}}));
  CHECK(told.stop);
  CHECK(told.over);
  CHECK_FALSE(answer_of<given_back>(k.send(give_back{id, 1, return_cause::interrupted, ""})).again);
  CHECK(k.book().facts() == facts);
}

TEST_CASE("a stopped trial that had come to its end is completed after all") {
  bookkeeper k(simple_experiment());
  auto id = stopped_trial(k);
  auto observed = k.book().find(id)->observed;
  auto done = answer_of<recorded>(k.send(complete{id, 1, {{"y", 0.5, {}}}}, "c"));
  CHECK(done.observation == observed);
  CHECK(done.counted);
  CHECK(k.book().find(id)->state == trial_state::completed);
  CHECK(k.book().observations().size() == 1);
  CHECK(k.book().find(observed)->final());
  CHECK(k.book().summary().best(0)->value == 0.5);
  CHECK(k.book().summary().stopped() == 0);
  CHECK(k.book().count(trial_state::stopped) == 0);
  CHECK(k.replayed().dump() == k.book().dump());
  // The same again, and another value, as for every completed trial.
  CHECK(answer_of<recorded>(k.send(complete{id, 1, {{"y", 0.5, {}}}}, "c")).observation == observed);
  CHECK(k.send(complete{id, 1, {{"y", 0.6, {}}}}).error().code == errc::conflict);
}

TEST_CASE("editing the observation of a stopped trial makes it final") {
  bookkeeper k(simple_experiment());
  auto id = stopped_trial(k);
  auto observed = k.book().find(id)->observed;
  k.send(edit_observation{observed, {{"y", 4, {}}}, ""});
  CHECK(k.book().find(observed)->final());
  CHECK(k.book().summary().best(0)->value == 4);
}

TEST_CASE("what is reported on the way and is not finite is as bad as can be, and what is absent is absent") {
  auto d = experiment({real("x", 0, 1)}, {minimize("low"), maximize("high"), minimize("other")});
  bookkeeper k(d);
  auto id = k.issue({0.2});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  k.send(report{id, 1, 1, {{"low", nan, {}}, {"high", HUGE_VAL, {}}}});
  const auto& values = k.book().find(id)->reports[0].values;
  CHECK(values[0] == HUGE_VAL);
  CHECK(values[1] == -HUGE_VAL);
  CHECK(std::isnan(values[2]));
}
