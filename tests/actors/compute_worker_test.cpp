#include "actors/compute_worker.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/household.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;

namespace {

struct fixture : test::household {
  fixture() {
    what = test::simple_experiment();
    what.run.emplace();
    what.run->command = {"train"};
    what.observation_budget = 20;
  }
  /// A compute worker for a new experiment.
  void employ_one(std::size_t slots, std::vector<std::uint32_t> gpus = {}) {
    if (!supervisor) start();
    id = create(what);
    auto o = std::make_shared<compute_worker_options>();
    o->name = "local";
    o->nonce = "n";
    o->experiment = id;
    o->definition = test::shared(what);
    o->space = std::make_shared<const space>(test::must(space::make(what.space)));
    o->launcher = launcher;
    o->slots = slots;
    o->gpus = std::move(gpus);
    o->lease = 60s;
    o->ended = [this](std::optional<error> refusal) {
      ++ended;
      end = std::move(refusal);
    };
    o->tell = [this](const std::string& line) { news.push_back(line); };
    caf::anon_send(supervisor, employ{std::move(o)});
    settle();
  }
  auto& runs() { return launcher->runs; }
  vilfredo::launcher::run_key first() { return runs().begin()->first; }
  trial_id trial_of(vilfredo::launcher::run_key key) { return runs().at(key).what.trial; }
  void finish(vilfredo::launcher::run_key key, double y = 0.5) {
    launcher->say(key, run_report{std::nullopt, test::loss(y)});
    launcher->exit(key);
    settle();
  }
  trial_state state(trial_id x) { return book(id)->find(x)->state; }

  definition what;
  experiment_id id;
  std::shared_ptr<test::fake_launcher> launcher = std::make_shared<test::fake_launcher>();
  int ended = 0;
  std::optional<error> end;
  std::vector<std::string> news;
};

/// Takes what it is sent and never answers.
struct mute_state {
  static inline const char* name = "mute_gateway";
  mute_state() = default;
  std::vector<caf::typed_response_promise<outcome>> kept;
};
gateway_actor::behavior_type mute_gateway(gateway_actor::stateful_pointer<mute_state> self,
                                          std::vector<std::string>* heard) {
  return {
      [=](const command_to& c) -> caf::result<outcome> {
        heard->push_back(c.request.request_id);
        self->state.kept.push_back(self->make_response_promise<outcome>());
        return self->state.kept.back();
      },
      [](const show&) -> caf::result<result<inspected>> { return result<inspected>{inspected{}}; },
      [](const enact&) {},
      [](const submit&) {},
      [](agenda_due) {},
      [](measure) { return gateway_measures{}; },
  };
}

run_exit refused() {
  run_exit how;
  how.start_failure = "too many open files";
  how.code = exit_try_again;
  return how;
}

run_exit by_signal(int number) {
  run_exit how;
  how.signal = number;
  return how;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "it fills its slots, starts another when one ends, and ends with the budget") {
  what.observation_budget = 5;
  what.parallel_bandwidth = 3;
  employ_one(3);
  CHECK(runs().size() == 3);
  while (!runs().empty()) {
    auto trial = trial_of(first());
    finish(first());
    CHECK(state(trial) == trial_state::completed);
    CHECK(runs().size() <= 3);
  }
  advance(60s);
  CHECK(launcher->started == 5);
  CHECK(ended == 1);
  REQUIRE(end);
  CHECK(end->code == errc::exhausted);
}

TEST_CASE_FIXTURE(fixture, "each run has GPUs of its own, and they come back") {
  what.run->resources.gpus = 2;
  what.parallel_bandwidth = 4;
  employ_one(4, {0, 1, 2, 3, 4});
  REQUIRE(runs().size() == 2);
  auto in_use = [&] {
    std::set<std::uint32_t> out;
    for (auto& [key, run] : runs()) {
      CHECK(run.what.gpus.size() == 2);
      out.insert(run.what.gpus.begin(), run.what.gpus.end());
    }
    return out.size();
  };
  CHECK(in_use() == 4);
  for (int i = 0; i < 6; ++i) {
    finish(first());
    CHECK(runs().size() == 2);
    CHECK(in_use() == 4);
  }
}

TEST_CASE_FIXTURE(fixture, "reports are passed on with their steps, and the last ones are the result") {
  employ_one(1);
  auto key = first();
  auto trial = trial_of(key);
  launcher->say(key, run_report{1.0, test::loss(0.9)});
  launcher->say(key, run_report{2.0, test::loss(0.4)});
  settle();
  CHECK(book(id)->find(trial)->reports.size() == 2);
  launcher->exit(key);
  settle();
  CHECK(state(trial) == trial_state::completed);
  CHECK(book(id)->observations()[0].values[0] == 0.4);
}

TEST_CASE_FIXTURE(fixture, "heartbeats keep the lease of a program that runs for long") {
  employ_one(1);
  auto trial = trial_of(first());
  advance(10min);
  CHECK(state(trial) == trial_state::running);
  CHECK(runs().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "a trial that a rule pauses frees its slot, and goes on once its program has ended") {
  what.observation_budget = 2;
  what.early_stopping = {{{"asha", {{"reduction_factor", 2.0}, {"mode", std::string("promotion")}}}}};
  employ_one(1);
  auto key = first();
  auto trial = trial_of(key);
  launcher->say(key, run_report{1.0, test::loss(0.1)});
  settle();
  CHECK(state(trial) == trial_state::paused);
  CHECK(runs().at(key).told_to_stop);
  CHECK_FALSE(book(id)->find(trial)->attempt_over);
  CHECK(news.empty());  // the fact tells of it
  auto how = by_signal(15);
  how.stopped = true;
  how.checkpoint = true;
  launcher->say(key, how);
  settle();
  CHECK(book(id)->find(trial)->checkpoint == true);
  auto second = first();
  CHECK(trial_of(second) != trial);
  launcher->say(second, run_report{1.0, test::loss(0.9)});
  settle();
  launcher->exit(second);
  settle();
  REQUIRE(runs().size() == 1);
  CHECK(trial_of(first()) == trial);
  CHECK(runs().at(first()).what.attempt == 2);
  finish(first(), 0.1);
  CHECK(state(trial) == trial_state::completed);
  CHECK(book(id)->count(trial_state::stopped) == 1);
  CHECK(book(id)->state() == vilfredo::experiment_state::finished);
}

TEST_CASE_FIXTURE(fixture, "a program whose trial was cancelled is stopped, and its slot is used again") {
  employ_one(1);
  auto key = first();
  auto trial = trial_of(key);
  test::must(tell(id, cancel{trial, "not wanted"}));
  advance(20s);  // until the next heartbeat
  CHECK(runs().at(key).told_to_stop);
  launcher->say(key, by_signal(15));
  settle();
  CHECK(state(trial) == trial_state::cancelled);
  REQUIRE(runs().size() == 1);
  CHECK(trial_of(first()) != trial);
}

TEST_CASE_FIXTURE(fixture, "a program that the machine killed is tried again while retries remain") {
  what.run->retries = 1;
  employ_one(1);
  auto trial = trial_of(first());
  launcher->say(first(), by_signal(9));
  advance(1s);
  REQUIRE(runs().size() == 1);
  // The slot may have been given another trial meanwhile; the retry comes next.
  if (trial_of(first()) != trial) {
    finish(first());
    advance(1s);
  }
  CHECK(trial_of(first()) == trial);
  CHECK(runs().begin()->second.what.attempt == 2);
  CHECK(launcher->leftovers_ended.size() == 1);
  launcher->say(first(), by_signal(9));
  advance(1s);
  CHECK(state(trial) == trial_state::failed);
}

TEST_CASE_FIXTURE(fixture, "the end of a trial and the start of the next cost one commit") {
  employ_one(1);
  auto trial = trial_of(first());
  auto before = store->commits();
  finish(first());
  CHECK(store->commits() == before + 1);
  CHECK(state(trial) == trial_state::completed);
  REQUIRE(runs().size() == 1);
  CHECK(trial_of(first()) != trial);
}

TEST_CASE_FIXTURE(fixture, "a result is sent again until the store takes it, and its slot waits") {
  employ_one(1);
  auto trial = trial_of(first());
  store->break_down(true);
  finish(first());
  advance(5min);
  CHECK(runs().empty());
  CHECK(launcher->started == 1);
  REQUIRE_FALSE(news.empty());
  CHECK(news[0].find("trying again") != std::string::npos);
  store->break_down(false);
  advance(60s);
  CHECK(state(trial) == trial_state::completed);
  CHECK(book(id)->observations().size() == 1);
  CHECK(runs().size() == 1);
}

TEST_CASE("a gateway that says nothing is sent the same request again") {
  test::virtual_time world;
  std::vector<std::string> heard, news;
  auto gateway = world.system.spawn(mute_gateway, &heard);
  auto what = test::simple_experiment();
  what.run.emplace();
  auto o = std::make_shared<compute_worker_options>();
  o->definition = test::shared(what);
  o->launcher = std::make_shared<test::fake_launcher>();
  o->answer_timeout = 10s;
  o->first_retry = 1s;
  o->tell = [&](const std::string& line) { news.push_back(line); };
  auto worker = world.system.spawn(run_compute_worker, std::shared_ptr<const compute_worker_options>(o), gateway, 1U);
  world.advance(10s - 1ms);
  REQUIRE(heard.size() == 1);
  CHECK(news.empty());
  world.advance(1ms);
  CHECK(news == std::vector<std::string>{"the gateway does not answer; trying again"});
  CHECK(heard.size() == 1);
  world.advance(1s);
  CHECK(heard == std::vector<std::string>{heard[0], heard[0]});
  world.stop(caf::actor_cast<caf::actor>(worker));
  world.stop(caf::actor_cast<caf::actor>(gateway));
}

TEST_CASE_FIXTURE(fixture, "drained, it starts nothing new and ends with its last program") {
  what.parallel_bandwidth = 2;
  employ_one(2);
  caf::anon_send(supervisor, drain_workers{});
  settle();
  CHECK(ended == 0);
  finish(first());
  CHECK(runs().size() == 1);
  CHECK(ended == 0);
  finish(first());
  advance(60s);
  CHECK(launcher->started == 2);
  CHECK(ended == 1);
  CHECK_FALSE(end.has_value());
  CHECK(book(id)->observations().size() == 2);
}

TEST_CASE_FIXTURE(fixture, "drained while it waits for a trial, it takes its question back") {
  what.observation_budget = 1;
  employ_one(2);
  CHECK(runs().size() == 1);
  caf::anon_send(supervisor, drain_workers{});
  settle();
  finish(first());
  CHECK(ended == 1);
}

TEST_CASE_FIXTURE(fixture, "halted, it stops its programs and gives their trials back to be continued") {
  what.parallel_bandwidth = 2;
  employ_one(2);
  auto one = trial_of(first());
  caf::anon_send(supervisor, halt_workers{});
  settle();
  for (auto& [key, run] : runs()) CHECK(run.told_to_stop);
  while (!runs().empty()) {
    auto how = by_signal(15);
    how.stopped = true;
    launcher->say(first(), how);
  }
  settle();
  CHECK(state(one) == trial_state::returned);
  CHECK(book(id)->find(one)->losses == 0);
  CHECK(ended == 1);
}

TEST_CASE_FIXTURE(fixture, "paused, it waits and goes on when the experiment does") {
  employ_one(1);
  test::must(tell(id, vilfredo::pause{}));
  finish(first());
  advance(60s);
  CHECK(runs().empty());
  CHECK(ended == 0);
  test::must(tell(id, resume{}));
  advance(10s);
  CHECK(runs().size() == 1);
}

TEST_CASE_FIXTURE(fixture, "what it holds when it dies is handed out again at once, without waiting for the lease") {
  employ_one(1);
  auto trial = trial_of(first());
  auto worker = test::state_of<supervisor_state>(supervisor)->workers.begin()->second;
  kill(worker);
  worker = nullptr;
  advance(1s);
  REQUIRE(runs().size() == 2);
  CHECK(runs().begin()->second.told_to_stop);
  CHECK(runs().rbegin()->second.what.trial == trial);
  CHECK(runs().rbegin()->second.what.attempt == 2);
  // What the old program still says reaches nobody.
  launcher->say(first(), run_report{std::nullopt, test::loss(0.1)});
  launcher->exit(first());
  settle();
  CHECK(state(trial) == trial_state::running);
}

TEST_CASE_FIXTURE(fixture, "a program that cannot start is the machine's fault") {
  employ_one(1);
  auto trial = trial_of(first());
  run_exit how;
  how.start_failure = "no such file";
  launcher->say(first(), how);
  settle();
  CHECK(state(trial) == trial_state::failed);
  CHECK(book(id)->find(trial)->reason.find("could not start: no such file") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "what the machine refuses to start costs its trial nothing, and is tried again ever later") {
  bool refuses = true;
  std::vector<caf::actor_clock::time_point> tried;
  launcher->on_start = [&](auto key) {
    tried.push_back(clock());
    if (refuses) launcher->say(key, refused());
  };
  employ_one(3);
  CHECK(tried.size() == 3);
  advance(20s);
  REQUIRE(tried.size() > 6);
  CHECK(tried.size() < 16);
  CHECK(tried[4] - tried[3] < 500ms);
  CHECK(tried.back() - tried[tried.size() - 2] == 5s);
  CHECK(news == std::vector<std::string>{"this machine refuses to start a trial: too many open files; trying again"});
  refuses = false;
  advance(20s);
  CHECK(news.size() == 2);
  CHECK(news.back() == "programs can be started again; going on");
  REQUIRE(runs().size() == 3);
  for (auto& [key, run] : runs()) {
    CHECK(state(run.what.trial) == trial_state::running);
    CHECK(book(id)->find(run.what.trial)->crashes == 0);
  }
  auto last = tried.size();
  finish(first());
  CHECK(tried.size() == last + 1);
  CHECK(book(id)->count(trial_state::failed) == 0);
}

TEST_CASE_FIXTURE(fixture, "a machine that starts nothing any more ends the work, and no trial has failed") {
  bool refuses = false;
  launcher->on_start = [&](auto key) {
    if (refuses) launcher->say(key, refused());
  };
  what.parallel_bandwidth = 2;
  employ_one(2);
  REQUIRE(runs().size() == 2);
  refuses = true;
  finish(first());
  // The other one still runs, and may free what is missing.
  advance(1h);
  CHECK(ended == 0);
  CHECK(runs().size() == 1);
  finish(first());
  advance(10s);
  CHECK(ended == 1);
  REQUIRE(end);
  CHECK(end->code == errc::unavailable);
  CHECK(end->message.starts_with("this machine has started no trial for 36"));
  CHECK(end->message.ends_with(" seconds: too many open files. Put it right and start again"));
  CHECK(book(id)->count(trial_state::failed) == 0);
  CHECK(book(id)->count(trial_state::completed) == 2);
  CHECK(book(id)->state() == vilfredo::experiment_state::active);
}
