#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/bookkeeper.hpp"

using namespace vilfredo;
using namespace vilfredo::test;
using namespace std::chrono_literals;

namespace {

std::vector<measurement> y(double value) { return {{"y", value, {}}}; }
const trial& at(const bookkeeper& k, trial_id id) { return *k.book().find(id); }
std::string refusal(const outcome& o) {
  REQUIRE_FALSE(o);
  return o.error().message;
}
definition with_retries(std::uint32_t retries) {
  auto d = simple_experiment();
  d.run.emplace();
  d.run->command = {"train"};
  d.run->retries = retries;
  return d;
}

}  // namespace

TEST_CASE("ask and withdraw are the engine's") {
  bookkeeper k(simple_experiment());
  CHECK(k.send(ask{}).error().code == errc::internal);
  CHECK(k.send(withdraw{}).error().code == errc::internal);
}

// --- report and heartbeat
// ---------------------------------------------------------------------------------------------

TEST_CASE("a report is kept with its trial and answered with advice to go on") {
  bookkeeper k(experiment({real("x", 0, 1)}, {minimize("y"), store("z")}));
  auto t = k.issue({0.1});
  auto told = answer_of<advice>(k.send(report{t, 1, 3, y(0.5)}));
  CHECK_FALSE(told.stop);
  REQUIRE(at(k, t).reports.size() == 1);
  CHECK(at(k, t).reports[0].step == 3);
  CHECK(at(k, t).reports[0].values[0] == 0.5);
  CHECK(std::isnan(at(k, t).reports[0].values[1]));
  CHECK(k.book().revision() == 0);
}

TEST_CASE("reports that make no sense are refused") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(enqueue{{{"x", 0.5}}});
  CHECK(refusal(k.send(report{{9}, 1, 1, y(1)})) == "there is no trial 9");
  CHECK(refusal(k.send(report{t, 1, -1, y(1)})) == "step must be a number from 0");
  CHECK(refusal(k.send(report{t, 1, NAN, y(1)})) == "step must be a number from 0");
  CHECK(refusal(k.send(report{t, 1, 1, {{"Y", 1, {}}}})) == "\"Y\" is not a metric of \"test\"; did you mean \"y\"?");
  CHECK(refusal(k.send(report{t, 1, 1, {{"y", 1, -1.0}}})) == "metric \"y\": stddev must be a number from 0");
  CHECK(refusal(k.send(report{{2}, 0, 1, y(1)})) == "trial 2 has not been handed out yet");
  CHECK(refusal(k.send(heartbeat{{2}, 0, 1s})) == "trial 2 has not been handed out yet");
}

TEST_CASE("who reports for a trial that is over or another's by now is told to stop, and why") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(give_back{t, 1, return_cause::lease_expired, ""});
  CHECK_FALSE(answer_of<advice>(k.send(report{t, 1, 1, y(1)})).stop);  // nobody else has it yet
  REQUIRE(k.issue_again(t));
  auto told = answer_of<advice>(k.send(report{t, 1, 2, y(1)}));
  CHECK(told.stop);
  CHECK(told.over);
  CHECK(told.reason == "trial 1 was given to attempt 2");
  CHECK_FALSE(answer_of<advice>(k.send(report{t, 2, 2, y(1)})).stop);
  k.send(cancel{t, "not needed"});
  told = answer_of<advice>(k.send(heartbeat{t, 2, 10s}));
  CHECK(told.over);
  CHECK(told.reason == "trial 1 has ended: cancelled, not needed");
  CHECK(at(k, t).reports.size() == 2);
}

TEST_CASE("a heartbeat renews the lease, but only once half of it is gone") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1}, "w", k.now + 60s);
  k.now += 20s;
  CHECK_FALSE(answer_of<advice>(k.send(heartbeat{t, 1, 60s})).stop);
  CHECK(at(k, t).lease == 1);
  k.now += 15s;
  k.send(heartbeat{t, 1, 60s});
  CHECK(at(k, t).lease == 2);
  CHECK(at(k, t).lease_until == k.now + 60s);
  CHECK(refusal(k.send(heartbeat{t, 1, 0s})) == "lease must be longer than nothing and at most a year");
  CHECK(refusal(k.send(heartbeat{t, 1, duration::max()})) == "lease must be longer than nothing and at most a year");
  CHECK(refusal(k.send(heartbeat{{5}, 1, 1s})) == "there is no trial 5");
}

TEST_CASE("a heartbeat for a trial that is held for ever writes nothing") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  auto facts = k.book().facts();
  k.now += 1h;
  CHECK_FALSE(answer_of<advice>(k.send(heartbeat{t, 1, 1s})).stop);
  CHECK(k.book().facts() == facts);
}

// --- complete and fail
// ------------------------------------------------------------------------------------------------

TEST_CASE("a completed trial is an observation") {
  bookkeeper k(experiment({real("x", 0, 1)}, {minimize("y"), store("z")}));
  auto t = k.issue({0.1});
  k.now += 9s;
  auto done = answer_of<recorded>(k.send(complete{t, 1, {{"y", 2, 0.5}, {"z", INFINITY, {}}}}));
  CHECK(done.trial == t);
  CHECK_FALSE(done.late);
  CHECK(done.counted);
  CHECK(at(k, t).state == trial_state::completed);
  CHECK(at(k, t).ended == k.now);
  const observation* seen = k.book().find(done.observation);
  REQUIRE(seen);
  CHECK(seen->trial == t);
  CHECK(seen->point == assignments{{0.1}});
  CHECK(seen->values[0] == 2);
  CHECK(std::isnan(seen->values[1]));
  CHECK(seen->stddevs[0] == 0.5);
  CHECK(seen->at == k.now);
  CHECK(k.book().revision() == 1);
  CHECK(k.book().summary().best(0)->value == 2);
}

TEST_CASE("a result that cannot be one is refused, and the trial stays open") {
  bookkeeper k(experiment({real("x", 0, 1)}, {minimize("y"), keep_below("mb", 5)}));
  auto t = k.issue({0.1});
  CHECK(refusal(k.send(complete{t, 1, y(1)})) == "metric \"mb\" is missing");
  CHECK(refusal(k.send(complete{t, 1, {{"y", NAN, {}}, {"mb", 1, {}}}})) ==
        "metric \"y\" is not a finite number; report a failure instead");
  CHECK(refusal(k.send(complete{t, 2, {{"y", 1, {}}, {"mb", 1, {}}}})) == "trial 1 has no attempt 2");
  CHECK(refusal(k.send(complete{t, 0, {{"y", 1, {}}, {"mb", 1, {}}}})) == "trial 1 has no attempt 0");
  CHECK(refusal(k.send(complete{{4}, 1, {{"y", 1, {}}, {"mb", 1, {}}}})) == "there is no trial 4");
  k.send(enqueue{{{"x", 0.5}}});
  CHECK(refusal(k.send(complete{{2}, 1, {{"y", 1, {}}, {"mb", 1, {}}}})) == "trial 2 has not been handed out yet");
  CHECK(at(k, t).state == trial_state::running);
}

TEST_CASE("completing again with the same values is fine, with others a conflict") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  auto first = answer_of<recorded>(k.send(complete{t, 1, y(1)}));
  CHECK(answer_of<recorded>(k.send(complete{t, 1, y(1)})).observation == first.observation);
  CHECK(k.book().observations().size() == 1);
  auto other = k.send(complete{t, 1, y(2)});
  CHECK(other.error().code == errc::conflict);
  CHECK(refusal(other) == "trial 1 was completed with other values; edit observation 1 to change them");
  k.send(delete_observation{{1}});
  CHECK_FALSE(answer_of<recorded>(k.send(complete{t, 1, y(2)})).counted);
}

TEST_CASE("a result that comes late counts, and ends the attempt that was to replace it") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(give_back{t, 1, return_cause::lease_expired, ""});
  REQUIRE(k.issue_again(t));
  auto late = answer_of<recorded>(k.send(complete{t, 1, y(1)}));
  CHECK(late.late);
  CHECK(late.counted);
  CHECK(at(k, t).state == trial_state::completed);
  // The second attempt comes too late to be counted; its result is kept in the record.
  auto second = answer_of<recorded>(k.send(complete{t, 2, y(3)}));
  CHECK_FALSE(second.counted);
  CHECK(std::holds_alternative<events::result_discarded>(k.facts().back().what));
  CHECK(k.book().observations().size() == 1);
}

TEST_CASE("a result for a cancelled trial is kept, but counts for nothing") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(cancel{t, ""});
  CHECK_FALSE(answer_of<recorded>(k.send(complete{t, 1, y(1)})).counted);
  CHECK(at(k, t).state == trial_state::cancelled);
  CHECK(k.book().observations().empty());
}

TEST_CASE("a failed trial is an observation, too, and is not tried again") {
  bookkeeper k(with_retries(3));
  auto t = k.issue({0.1});
  auto done = answer_of<recorded>(k.send(fail{t, 1, "diverged"}));
  CHECK(at(k, t).state == trial_state::failed);
  CHECK(at(k, t).reason == "diverged");
  CHECK(k.book().find(done.observation)->failure == "diverged");
  CHECK(k.book().revision() == 1);
  CHECK(answer_of<recorded>(k.send(fail{t, 1, "again"})).observation == done.observation);
  CHECK(k.book().observations().size() == 1);
  auto silent = k.issue({0.2});
  k.send(fail{silent, 1, ""});
  CHECK(at(k, silent).reason == "failed");
}

TEST_CASE("an old attempt's failure says nothing against a newer attempt") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(give_back{t, 1, return_cause::worker_lost, ""});
  REQUIRE(k.issue_again(t));
  CHECK_FALSE(answer_of<recorded>(k.send(fail{t, 1, "killed"})).counted);
  CHECK(at(k, t).state == trial_state::running);
  CHECK(answer_of<recorded>(k.send(complete{t, 2, y(1)})).counted);
}

TEST_CASE("a reason of any length is kept short, and cut between characters") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  std::string text(1999, 'x');
  k.send(fail{t, 1, text + "é and much more"});
  CHECK(at(k, t).reason == text + "…");
}

// --- give back, release, retries
// --------------------------------------------------------------------------------------

TEST_CASE("a crash is tried again after a pause that doubles, while retries remain") {
  bookkeeper k(with_retries(2));
  auto t = k.issue({0.1});
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::machine, "signal 9"})).again);
  CHECK(at(k, t).state == trial_state::returned);
  CHECK(at(k, t).retry_at == k.now + 1s);
  k.now += 1s;
  REQUIRE(k.issue_again(t));
  CHECK(answer_of<given_back>(k.send(give_back{t, 2, return_cause::machine, "signal 9"})).again);
  CHECK(at(k, t).retry_at == k.now + 2s);
  REQUIRE(k.issue_again(t));
  CHECK_FALSE(answer_of<given_back>(k.send(give_back{t, 3, return_cause::machine, "signal 9"})).again);
  CHECK(at(k, t).state == trial_state::failed);
  CHECK(at(k, t).reason == "signal 9 (after 3 attempts)");
  CHECK(k.book().summary().failed() == 1);
}

TEST_CASE("without retries the first crash fails the trial") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  CHECK_FALSE(answer_of<given_back>(k.send(give_back{t, 1, return_cause::machine, "signal 9"})).again);
  CHECK(at(k, t).reason == "signal 9");
}

TEST_CASE("interruptions are never held against a trial") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  for (std::uint32_t attempt = 1; attempt <= 30; ++attempt) {
    REQUIRE(answer_of<given_back>(k.send(give_back{t, attempt, return_cause::interrupted, ""})).again);
    REQUIRE(k.issue_again(t));
  }
  CHECK(at(k, t).losses == 0);
  CHECK(at(k, t).crashes == 0);
}

TEST_CASE("a trial whose attempts are lost again and again fails: it may be what kills its workers") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  for (std::uint32_t attempt = 1; attempt < ledger::most_losses; ++attempt) {
    auto cause = attempt % 2 ? return_cause::worker_lost : return_cause::lease_expired;
    REQUIRE(answer_of<given_back>(k.send(give_back{t, attempt, cause, "gone"})).again);
    REQUIRE(k.issue_again(t));
  }
  CHECK_FALSE(
      answer_of<given_back>(k.send(give_back{t, ledger::most_losses, return_cause::worker_lost, "gone"})).again);
  CHECK(at(k, t).reason == "gone (lost 10 times)");
}

TEST_CASE("giving back what one does not hold changes nothing") {
  bookkeeper k(simple_experiment());
  auto t = k.issue({0.1});
  k.send(give_back{t, 1, return_cause::interrupted, ""});
  auto facts = k.book().facts();
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::machine, ""})).again);
  REQUIRE(k.issue_again(t));
  CHECK(answer_of<given_back>(k.send(give_back{t, 1, return_cause::machine, ""})).again);
  k.send(complete{t, 2, y(1)});
  CHECK_FALSE(answer_of<given_back>(k.send(give_back{t, 2, return_cause::machine, ""})).again);
  CHECK(k.book().facts() == facts + 2);
  CHECK(refusal(k.send(give_back{t, 7, return_cause::machine, ""})) == "trial 1 has no attempt 7");
  CHECK(refusal(k.send(give_back{{8}, 1, return_cause::machine, ""})) == "there is no trial 8");
}

TEST_CASE("a worker that is gone gives back all that it held, and only that") {
  bookkeeper k(simple_experiment());
  auto a = k.issue({0.1}, "w1"), b = k.issue({0.2}, "w2"), c = k.issue({0.3}, "w1"), d = k.issue({0.4}, "w1");
  k.send(complete{d, 1, y(1)});
  k.send(release_worker{"w1", "its machine is gone"});
  CHECK(at(k, a).state == trial_state::returned);
  CHECK(at(k, b).state == trial_state::running);
  CHECK(at(k, c).state == trial_state::returned);
  CHECK(at(k, c).reason == "its machine is gone");
  CHECK(at(k, d).state == trial_state::completed);
  CHECK(k.send(release_worker{"nobody", ""}));
}

TEST_CASE("a worker that takes several often lost trials with it fails them all, each with an observation of its own") {
  bookkeeper k(simple_experiment());
  auto a = k.issue({0.1}), b = k.issue({0.2});
  for (std::uint32_t n = 1; n < ledger::most_losses; ++n) {
    k.send(release_worker{"worker", "gone"});
    REQUIRE(k.issue_again(a));
    REQUIRE(k.issue_again(b));
  }
  k.send(release_worker{"worker", "gone"});
  CHECK(at(k, a).state == trial_state::failed);
  CHECK(at(k, b).state == trial_state::failed);
  CHECK(at(k, a).observed == observation_id{1});
  CHECK(at(k, b).observed == observation_id{2});
}

// --- cancel and enqueue
// -----------------------------------------------------------------------------------------------

TEST_CASE("open trials can be cancelled, ended ones cannot") {
  bookkeeper k(simple_experiment());
  auto running = k.issue({0.1}), returned = k.issue({0.2}), ended = k.issue({0.3});
  k.send(give_back{returned, 1, return_cause::interrupted, ""});
  k.send(complete{ended, 1, y(1)});
  auto queued = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}})).trial;
  for (auto t : {running, returned, queued}) {
    CHECK(k.send(cancel{t, ""}));
    CHECK(at(k, t).state == trial_state::cancelled);
    CHECK(k.send(cancel{t, "twice is fine"}));
  }
  CHECK(k.book().open_trials().empty());
  CHECK_FALSE(k.book().first_queued());
  CHECK_FALSE(k.book().retryable(k.now + 1h));
  CHECK(refusal(k.send(cancel{ended, ""})) == "trial 3 has ended (completed); it cannot be cancelled");
  CHECK(refusal(k.send(cancel{{9}, ""})) == "there is no trial 9");
}

TEST_CASE("assignments of one's own wait in the order they came") {
  bookkeeper k(simple_experiment());
  auto a = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}})).trial;
  auto b = answer_of<enqueued>(k.send(enqueue{{{"x", 0.6}}})).trial;
  auto c = answer_of<enqueued>(k.send(enqueue{{{"x", 0.7}}})).trial;
  CHECK(k.book().first_queued() == a);
  k.send(cancel{b, ""});
  REQUIRE(k.issue_again(a));
  CHECK(k.book().first_queued() == c);
  CHECK(refusal(k.send(enqueue{{{"x", "2"}}})) == "parameter \"x\": \"2\" is not a number");
}

// --- observations of one's own
// ----------------------------------------------------------------------------------------

TEST_CASE("assignments of one's own can be observed without a suggestion") {
  bookkeeper k(simple_experiment());
  auto seen = answer_of<recorded>(k.send(observe{std::nullopt, {{"x", 0.75}}, y(3), ""}));
  CHECK_FALSE(seen.trial);
  CHECK(k.book().find(seen.observation)->point == assignments{{0.75}});
  CHECK(k.book().summary().best(0)->value == 3);
  auto bad = answer_of<recorded>(k.send(observe{std::nullopt, {{"x", 0.8}}, {}, "broke"}));
  CHECK(k.book().find(bad.observation)->failed());
  CHECK(refusal(k.send(observe{std::nullopt, {{"x", 0.8}}, {}, ""})) == "metric \"y\" is missing");
  CHECK(refusal(k.send(observe{std::nullopt, {}, y(1), ""})) == "parameter \"x\": is missing and has no default");
}

TEST_CASE("trials and observations of one's own may be of a task, by its name") {
  auto d = simple_experiment();
  d.observation_budget = 9;
  bookkeeper plain(d);
  CHECK(refusal(plain.send(enqueue{{{"x", 0.5}}, "part"})) == "\"test\" has no tasks; leave \"part\" out");
  d.tasks = {{"part", 0.1}, {"all", 1}};
  bookkeeper k(d);
  CHECK(refusal(k.send(enqueue{{{"x", 0.5}}, "prat"})) == "\"prat\" is not a task of \"test\"; did you mean \"part\"?");
  CHECK(refusal(k.send(observe{std::nullopt, {{"x", 0.5}}, y(1), "", "whole"})).find("is not a task") !=
        std::string::npos);
  auto part = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}, "part"})).trial;
  auto all = answer_of<enqueued>(k.send(enqueue{{{"x", 0.6}}, "all"})).trial;
  CHECK(k.book().find(part)->task == task_index{0});
  CHECK_FALSE(k.book().find(all)->task);
  REQUIRE(k.issue_again(part));
  CHECK(k.book().issued_answer(*k.book().find(part)).task == task_index{0});
  auto first = answer_of<recorded>(k.send(complete{part, 1, y(1)})).observation;
  CHECK(k.book().find(first)->task == task_index{0});
  auto again = answer_of<recorded>(k.send(observe{part, {}, y(2), ""})).observation;
  CHECK(k.book().find(again)->task == task_index{0});
  auto own = answer_of<recorded>(k.send(observe{std::nullopt, {{"x", 0.1}}, y(3), "", "part"})).observation;
  CHECK(k.book().find(own)->task == task_index{0});
  CHECK(k.book().consumed() == doctest::Approx(0.3));
}

TEST_CASE("the budget is never exceeded, by observations of one's own neither") {
  auto d = simple_experiment();
  d.observation_budget = 2;
  bookkeeper k(d);
  auto a = k.issue({0.1});
  CHECK(k.send(observe{std::nullopt, {{"x", 0.5}}, y(1), ""}));
  auto over = k.send(observe{std::nullopt, {{"x", 0.6}}, y(1), ""});
  CHECK(over.error().code == errc::exhausted);
  CHECK(refusal(over) == "the budget of \"test\" is spent or being tried; raise it to add observations");
  CHECK(k.send(complete{a, 1, y(1)}));
  CHECK(k.book().observations().size() == 2);
  CHECK(k.book().state() == experiment_state::finished);
}

TEST_CASE("an edited observation changes what is best") {
  bookkeeper k(simple_experiment());
  auto a = answer_of<recorded>(k.send(complete{k.issue({0.1}), 1, y(1)})).observation;
  auto b = answer_of<recorded>(k.send(complete{k.issue({0.2}), 1, y(2)})).observation;
  auto revision = k.book().revision();
  REQUIRE(k.send(edit_observation{a, y(5), ""}));
  CHECK(k.book().summary().best(0)->observation == b);
  REQUIRE(k.send(edit_observation{b, {}, "the data was wrong"}));
  CHECK(k.book().summary().best(0)->observation == a);
  CHECK(k.book().summary().failed() == 1);
  CHECK(k.book().revision() == revision + 2);
  CHECK(refusal(k.send(edit_observation{a, {}, ""})) == "metric \"y\" is missing");
  CHECK(refusal(k.send(edit_observation{{9}, y(1), ""})) == "there is no observation 9");
}

TEST_CASE("deleted observations and trials are gone, and their numbers are not used again") {
  bookkeeper k(simple_experiment());
  auto a = k.issue({0.1}), b = k.issue({0.2}), c = k.issue({0.3});
  k.send(complete{a, 1, y(1)});
  k.send(complete{b, 1, y(2)});
  k.send(observe{a, {}, y(1.5), ""});
  REQUIRE(k.send(delete_observation{{2}}));
  CHECK(k.book().observations().size() == 2);
  CHECK_FALSE(k.book().find(observation_id{2}));
  REQUIRE(k.send(delete_trial{a}));
  CHECK(k.book().observations().empty());
  CHECK_FALSE(k.book().summary().best(0));
  CHECK_FALSE(k.book().find(a));
  CHECK(k.book().trials().size() == 2);
  CHECK(k.book().count(trial_state::completed) == 1);
  CHECK(refusal(k.send(delete_trial{c})) == "trial 3 has not ended; cancel it before deleting it");
  CHECK(refusal(k.send(delete_trial{a})) == "there is no trial 1");
  CHECK(refusal(k.send(delete_observation{{1}})) == "there is no observation 1");
  auto queued = answer_of<enqueued>(k.send(enqueue{{{"x", 0.5}}})).trial;
  CHECK(queued == trial_id{4});
  REQUIRE(k.send(delete_trial{queued}));
  CHECK(k.book().open_trials().size() == 1);
  CHECK(answer_of<recorded>(k.send(complete{c, 1, y(9)})).observation == observation_id{4});
  CHECK(k.replayed().dump() == k.book().dump());
}

// --- the experiment itself
// --------------------------------------------------------------------------------------------

TEST_CASE("what may change while an experiment runs can be edited, if the result makes sense") {
  bookkeeper k(experiment({real("x", 0, 1)}, {minimize("y"), keep_below("mb", 5)}));
  edit_experiment e;
  e.name = "renamed";
  e.observation_budget = std::optional<std::uint64_t>{7};
  e.parallel_bandwidth = 3;
  e.thresholds = {{"y", 2.5}};
  e.stop_when = stop_rules{};
  e.stop_when->failed = 4;
  e.metadata = {{{"team", std::string("credit")}}};
  REQUIRE(k.send(e));
  const auto& d = k.book().definition();
  CHECK(d.name == "renamed");
  CHECK(d.observation_budget == 7);
  CHECK(d.parallel_bandwidth == 3);
  CHECK(d.metrics[0].threshold == 2.5);
  CHECK(d.stop_when.failed == 4);
  CHECK(d.metadata.size() == 1);
  auto facts = k.book().facts();
  auto before = k.book().definition();
  REQUIRE(k.send(e));
  CHECK(k.book().facts() == facts + 1);  // nothing to change, but when it was said is known
  CHECK(k.book().definition() == before);

  auto refused = [&](auto change) {
    edit_experiment bad;
    change(bad);
    return refusal(k.send(bad));
  };
  CHECK(refused([](auto& b) { b.name = ""; }) == "name: must not be empty");
  CHECK(refused([](auto& b) { b.observation_budget = std::optional<std::uint64_t>{0}; }) ==
        "observation_budget: must be from 1 to 1000000000");
  CHECK(refused([](auto& b) { b.thresholds["bm"] = 1; }) ==
        "\"bm\" is not a metric of \"renamed\"; did you mean \"mb\"?");
  CHECK(refused([](auto& b) { b.thresholds["mb"] = std::nullopt; }) ==
        "metrics[1]: constraint metric \"mb\" needs a threshold");
}

TEST_CASE("a rule that an edit makes true stops the experiment") {
  bookkeeper k(simple_experiment());
  k.send(fail{k.issue({0.1}), 1, ""});
  edit_experiment e;
  e.stop_when = stop_rules{};
  e.stop_when->failed = 1;
  k.send(e);
  CHECK(k.book().state() == experiment_state::stopped);
}

TEST_CASE("pause, resume and archive, and what is not there to change is not written") {
  bookkeeper k(simple_experiment());
  auto writes = [&](command c) {
    auto before = k.book().facts();
    REQUIRE(k.send(std::move(c)));
    return k.book().facts() - before;
  };
  CHECK(writes(resume{}) == 0);
  CHECK(writes(vilfredo::pause{}) == 1);
  CHECK(k.book().state() == experiment_state::paused);
  CHECK(writes(vilfredo::pause{}) == 0);
  CHECK(writes(resume{}) == 1);
  CHECK(k.book().state() == experiment_state::active);
  CHECK(writes(archive{}) == 1);
  CHECK(k.book().state() == experiment_state::archived);
  CHECK(writes(archive{}) == 0);
  CHECK(writes(resume{}) == 1);
  CHECK(k.book().state() == experiment_state::active);
}

TEST_CASE("a pause beneath a spent budget is ended by resume, so that a raised budget goes on") {
  auto d = simple_experiment();
  d.observation_budget = 1;
  bookkeeper k(d);
  k.send(vilfredo::pause{});
  k.send(complete{k.issue({0.1}), 1, y(1)});
  CHECK(k.book().state() == experiment_state::finished);
  k.send(resume{});
  edit_experiment e;
  e.observation_budget = std::optional<std::uint64_t>{5};
  k.send(e);
  CHECK(k.book().state() == experiment_state::active);
}

TEST_CASE("a resume that would change nothing is refused with the edit that would") {
  auto d = simple_experiment();
  d.observation_budget = 9;
  d.stop_when.failed = 2;
  bookkeeper k(d);
  auto edit = [&](stop_rules rules, std::uint64_t budget) {
    edit_experiment e;
    e.stop_when = rules;
    e.observation_budget = std::optional(budget);
    k.send(e);
  };
  auto refused = [&](const std::string& sentence) {
    auto got = k.send(resume{});
    REQUIRE_FALSE(got);
    CHECK(got.error() == error{errc::conflict, sentence});
  };
  k.send(fail{k.issue({0.1}), 1, "bad"});
  k.send(fail{k.issue({0.2}), 1, "bad"});
  CHECK(k.book().state() == experiment_state::stopped);
  refused(
      "\"test\" was stopped by stop_when.failed (2 observations have failed) and would be again at once; raise it or "
      "take it out of the job file, then run the job");

  stop_rules rules;
  rules.target["y"] = 5;
  edit(rules, 9);
  REQUIRE(k.send(resume{}));
  CHECK(k.book().state() == experiment_state::active);
  k.send(complete{k.issue({0.3}), 1, y(4)});
  CHECK(k.book().state() == experiment_state::stopped);
  refused("\"test\" was stopped by stop_when.target (observation 3 meets the target) and would be again at once; set "
          "another or take it out of the job file, then run the job");
  REQUIRE(k.send(archive{}));
  REQUIRE(k.send(resume{}));  // out of the archive it comes in any case

  edit({}, 3);
  refused("the budget of \"test\" is spent; raise observation_budget in the job file, then run the job");
}
