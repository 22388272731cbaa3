#include "optimizer/study.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <map>

#include "io/memory_journal.hpp"
#include "tests/support/builders.hpp"

using namespace vilfredo;
using namespace vilfredo::test;

namespace {

definition bowl(const std::string& sampler = "auto") {
  auto d = experiment({real("x", -5, 5), real("y", -5, 5)}, {minimize("loss")});
  d.sampler.name = sampler;
  d.observation_budget = 50;
  d.seed = 3;
  return d;
}

double loss_at(const assignments& x) {
  return (x.values[0] - 1) * (x.values[0] - 1) + (x.values[1] + 2) * (x.values[1] + 2);
}

void go_on(study& s, int trials) {
  for (int i = 0; i < trials; ++i) {
    auto next = must(s.ask());
    must(s.tell(next.trial, {{"loss", loss_at(next.point), {}}}));
  }
}

std::vector<assignments> tried(const study& s) {
  std::vector<assignments> out;
  for (const auto& x : s.book().observations()) out.push_back(x.point);
  return out;
}

}  // namespace

TEST_CASE("asking and telling until the budget is spent finds the bottom") {
  auto s = must(study::make(bowl()));
  int trials = 0;
  for (auto next = s.ask(); next; next = s.ask(), ++trials)
    must(s.tell(next->trial, {{"loss", loss_at(next->point), {}}}));
  CHECK(trials == 50);
  CHECK(s.ask().error().code == errc::exhausted);
  REQUIRE(s.best());
  CHECK(s.best()->values[0] < 0.5);
  CHECK(s.front().size() == 1);
}

TEST_CASE("suggestions come by name and as numbers") {
  auto s = must(study::make(bowl()));
  auto next = must(s.ask());
  REQUIRE(next.assignments.size() == 2);
  CHECK(next.assignments[0].name == "x");
  CHECK(std::get<double>(next.assignments[0].value) == next.point.values[0]);
  CHECK(next.origin == origin::design);
}

TEST_CASE("25 and 25 equal 50: saved and loaded it goes on as if nothing had been, for every sampler") {
  for (const auto& sampler : samplers()) {
    if (sampler.exhaustive) continue;
    CAPTURE(sampler.name);
    auto whole = must(study::make(bowl(sampler.name)));
    go_on(whole, 50);
    auto store = io::make_memory_journal();
    auto first = must(study::make(bowl(sampler.name)));
    go_on(first, 12);
    REQUIRE(first.save(*store, {1}));
    go_on(first, 13);
    REQUIRE(first.save(*store, {1}));
    auto second = must(study::load(*store, {1}));
    go_on(second, 25);
    CHECK(tried(second) == tried(whole));
    CHECK(second.book().dump() == whole.book().dump());
  }
}

TEST_CASE("several trials may run at once, and a loaded study still waits for them") {
  auto store = io::make_memory_journal();
  std::vector<study::suggestion> running;
  {
    auto s = must(study::make(bowl("tpe")));
    for (int i = 0; i < 8; ++i) running.push_back(must(s.ask()));
    REQUIRE(s.save(*store, {1}));
  }
  auto s = must(study::load(*store, {1}));
  CHECK(s.book().count(trial_state::running) == 8);
  for (auto next = running.rbegin(); next != running.rend(); ++next)
    must(s.tell(next->trial, {{"loss", loss_at(next->point), {}}}));
  CHECK(s.book().observations().size() == 8);
}

TEST_CASE("failures and reports are taken, foreign trials and metrics refused in words") {
  auto s = must(study::make(bowl()));
  auto next = must(s.ask());
  CHECK_FALSE(must(s.report(next.trial, 1, {{"loss", 3, {}}})).stop);
  must(s.fail(next.trial, "diverged"));
  CHECK(s.book().summary().failed() == 1);
  CHECK_FALSE(s.best());
  CHECK_FALSE(s.tell({77}, {{"loss", 1, {}}}));
  auto other = must(s.ask());
  CHECK_FALSE(s.tell(other.trial, {{"gain", 1, {}}}));
}

TEST_CASE("a trial that is told to pause comes again, and goes on from where it was") {
  auto d = bowl("uniform");
  d.observation_budget = 6;
  d.early_stopping = {{{"asha", {{"reduction_factor", 2.0}, {"max_steps", 4.0}, {"mode", std::string("promotion")}}}}};
  auto s = must(study::make(d));
  std::map<std::uint64_t, int> steps;
  std::size_t resumed = 0;
  while (auto next = s.ask()) {
    auto& step = steps[next->trial.number];
    resumed += step > 0;
    bool paused = false;
    while (step < 4 && !paused)
      paused = must(s.report(next->trial, ++step, {{"loss", loss_at(next->point), {}}})).pause;
    if (!paused) must(s.tell(next->trial, {{"loss", loss_at(next->point), {}}}));
  }
  CHECK(resumed > 0);
  CHECK(s.book().state() == experiment_state::finished);
  CHECK(s.book().count(trial_state::completed) >= 1);
  CHECK(s.book().count(trial_state::stopped) == 6 - s.book().count(trial_state::completed));
  CHECK(s.book().steps() < 4 * 6);
}

TEST_CASE("what one knows already is told, too") {
  auto s = must(study::make(bowl("tpe")));
  must(s.carry_out(observe{{}, {{"x", 1.0}, {"y", -2.0}}, {{"loss", 0, {}}}, {}}));
  CHECK(s.best()->values[0] == 0);
  must(s.carry_out(enqueue{{{"x", 2.0}, {"y", 2.0}}}));
  CHECK(must(s.ask()).point.values == std::vector<double>{2, 2});
}

TEST_CASE("a rule in seconds goes by the clock that was handed in") {
  time_point at{std::chrono::hours{1}};
  auto d = bowl("uniform");
  d.stop_when.seconds = 60;
  auto s = must(study::make(d, [&] { return at; }));
  auto next = must(s.ask());
  at += std::chrono::seconds{59};
  must(s.tell(next.trial, {{"loss", 1, {}}}));
  CHECK(s.ask());
  at += std::chrono::seconds{1};
  CHECK(s.ask().error().code == errc::exhausted);
}

TEST_CASE("a definition that makes no sense is refused with its place") {
  auto d = bowl();
  d.metrics.clear();
  CHECK_FALSE(study::make(d));
}
