#include "core/trial_end.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

const std::vector<metric> metrics{maximize("aucpr"), minimize("dollars_lost"), keep_below("mb", 50), store("auc")};

run_output said(std::vector<run_message> messages) {
  run_output out;
  for (const auto& m : messages) out.take(m);
  return out;
}
run_report at_step(double step, std::vector<measurement> values) { return {step, std::move(values)}; }
run_report finally(std::vector<measurement> values) { return {std::nullopt, std::move(values)}; }
run_exit code(int n) {
  run_exit e;
  e.code = n;
  return e;
}
run_exit signal(int n) {
  run_exit e;
  e.signal = n;
  return e;
}
run_exit stopped(run_exit e) {
  e.stopped = true;
  return e;
}

const run_report good = finally({{"aucpr", 0.4, {}}, {"dollars_lost", 41, 2.0}, {"mb", 3, {}}});

std::vector<measurement> values(const run_end& end) {
  REQUIRE(std::holds_alternative<run_completed>(end));
  return std::get<run_completed>(end).values;
}
std::string failure(const run_end& end) {
  REQUIRE(std::holds_alternative<run_failed>(end));
  return std::get<run_failed>(end).reason;
}
run_returned returned(const run_end& end) {
  REQUIRE(std::holds_alternative<run_returned>(end));
  return std::get<run_returned>(end);
}

}  // namespace

TEST_CASE("exit 0 with all judged metrics completes, stored ones are optional") {
  CHECK(values(conclude(code(0), said({good}), metrics)) ==
        std::vector<measurement>{{"aucpr", 0.4, {}}, {"dollars_lost", 41, 2.0}, {"mb", 3, {}}});
  CHECK(values(conclude(code(0), said({good, finally({{"auc", 0.9, {}}})}), metrics)).size() == 4);
  CHECK(values(conclude(code(0), said({good, finally({{"auc", NAN, {}}})}), metrics)).size() == 3);
}

TEST_CASE("without a final line the last report of each metric is final") {
  auto out = said({at_step(1, {{"aucpr", 0.1, {}}, {"mb", 3, {}}}),
                   at_step(2, {{"aucpr", 0.2, {}}, {"dollars_lost", 50, {}}}), at_step(3, {{"aucpr", 0.15, {}}})});
  CHECK(values(conclude(code(0), out, metrics)) ==
        std::vector<measurement>{{"aucpr", 0.15, {}}, {"dollars_lost", 50, {}}, {"mb", 3, {}}});
}

TEST_CASE("a final value wins over reports, even over later ones") {
  auto out = said({at_step(1, {{"aucpr", 0.1, {}}}), good, at_step(2, {{"aucpr", 0.2, {}}})});
  CHECK(values(conclude(code(0), out, metrics))[0].value == 0.4);
}

TEST_CASE("a missing, misspelled or useless metric fails the trial and says which") {
  CHECK(failure(conclude(code(0), said({}), metrics)) ==
        R"(did not report metric "aucpr"; it printed no report, such as {"metrics": {"aucpr": 0.5}})");
  CHECK(failure(conclude(code(0), said({finally({{"aucpr", 1, {}}, {"dollars_lost", 1, {}}})}), metrics)) ==
        "did not report metric \"mb\"");
  CHECK(failure(conclude(code(0), said({good, finally({{"aucrp", 1, {}}})}), metrics)) ==
        "reported \"aucrp\", which is not a metric; did you mean \"aucpr\"?");
  CHECK(failure(conclude(code(0), said({good, finally({{"aucpr", NAN, {}}})}), metrics)) ==
        "metric \"aucpr\" is not a finite number");
  CHECK(failure(conclude(code(0), said({good, finally({{"mb", INFINITY, {}}})}), metrics)) ==
        "metric \"mb\" is not a finite number");
  CHECK(failure(conclude(code(0), said({good, finally({{"mb", 1, -1.0}})}), metrics)) ==
        "metric \"mb\": stddev must be a number from 0");
}

TEST_CASE("an unreadable line explains a missing metric, and is forgiven otherwise") {
  CHECK(failure(conclude(code(0), said({run_misreport{"metrics.aucpr: needs a number"}, run_misreport{"later"}}),
                         metrics)) ==
        "did not report metric \"aucpr\"; a line could not be read: metrics.aucpr: needs a number");
  CHECK(values(conclude(code(0), said({run_misreport{"odd"}, good}), metrics)).size() == 3);
}

TEST_CASE("a program that says it failed has failed, however it exits") {
  CHECK(failure(conclude(code(0), said({good, run_failure{"diverged"}}), metrics)) == "diverged");
  CHECK(failure(conclude(signal(9), said({run_failure{""}}), metrics)) == "failed");
  CHECK(failure(conclude(code(75), said({run_failure{"diverged"}}), metrics)) == "diverged");
}

TEST_CASE("another exit code fails, with the last words of the program") {
  auto how = code(2);
  how.last_words = "ValueError: no such column";
  CHECK(failure(conclude(how, said({good}), metrics)) == "exit code 2: ValueError: no such column");
}

TEST_CASE("what can be the machine's fault is given back") {
  CHECK(returned(conclude(signal(11), said({good}), metrics)).cause == return_cause::machine);
  CHECK(returned(conclude(signal(11), said({good}), metrics)).reason == "ended by signal 11");
  CHECK(returned(conclude(code(75), said({}), metrics)).cause == return_cause::machine);
  run_exit never;
  never.start_failure = "no such file: train";
  CHECK(returned(conclude(never, said({}), metrics)).cause == return_cause::machine);
  CHECK(returned(conclude(never, said({}), metrics)).reason == "could not start: no such file: train");
  // As if nobody had tried: it takes none of its retries.
  never.code = exit_try_again;
  CHECK(returned(conclude(never, said({}), metrics)).cause == return_cause::interrupted);
}

TEST_CASE("a time-out fails, although a signal ended it") {
  auto how = signal(15);
  how.timed_out = true;
  CHECK(failure(conclude(how, said({good}), metrics)) == "ran longer than its time-out");
}

TEST_CASE("a run that was interrupted is given back, whatever it had reported at a step") {
  auto out = said({at_step(3, {{"aucpr", 0.1, {}}, {"dollars_lost", 50, {}}, {"mb", 3, {}}})});
  for (auto how : {stopped(signal(15)), stopped(code(0)), stopped(code(1))})
    CHECK(returned(conclude(how, out, metrics)).cause == return_cause::interrupted);
}

TEST_CASE("an interrupted run that came to its end all the same is completed") {
  CHECK(values(conclude(stopped(code(0)), said({good}), metrics)).size() == 3);
  CHECK(returned(conclude(stopped(code(1)), said({good}), metrics)).cause == return_cause::interrupted);
}

TEST_CASE("a program that invents metrics without end is not remembered without end") {
  run_output out;
  for (std::size_t i = 0; i < 5000; ++i) out.take(finally({{"m" + std::to_string(i), 1, {}}}));
  CHECK(out.values().size() == run_output::most_names);
}
