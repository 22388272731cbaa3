#include "actors/optimizer_pool.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/support/builders.hpp"
#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;

namespace {

/// Stands for an experiment: keeps what it is sent.
struct asker_state {
  static inline const char* name = "asker";
  asker_state() = default;
  std::vector<optimized> got;
};
experiment_actor::behavior_type asker(experiment_actor::stateful_pointer<asker_state> self) {
  return {
      [](const command_for&) -> caf::result<outcome> { return outcome{error{}}; },
      [](describe) -> caf::result<result<loaded>> { return result<loaded>{error{}}; },
      [](const inspect&) -> caf::result<result<inspected>> { return result<inspected>{error{}}; },
      [](const enact&) {},
      [self](const optimized& o) { self->state.got.push_back(o); },
      [](append_due) {},
      [](agenda_due) {},
      [](reload_due) {},
  };
}

struct fixture : test::virtual_time {
  fixture() : experiment(system.spawn(asker)) {}
  ~fixture() {
    stop(pool);
    stop(experiment);
    pool = nullptr;
    experiment = nullptr;
  }
  void start(planner plan, std::size_t optimizers = 1) {
    pool = system.spawn(run_optimizer_pool, optimizer_pool_options{optimizers, false, std::move(plan)});
    settle();
  }
  void order(std::uint64_t id, std::uint64_t job) {
    auto what = std::make_shared<plan_job>();
    what->based_on = job;
    auto cancel = std::make_shared<std::atomic<bool>>(false);
    what->cancelled = cancel;
    caf::anon_send(pool, optimize{{id}, experiment, job, what, cancel});
  }
  std::vector<optimized>& got() { return test::state_of<asker_state>(experiment)->got; }
  optimizer_pool_state& inside() { return *test::state_of<optimizer_pool_state>(pool); }

  experiment_actor experiment;
  pool_actor pool;
};

plan good(const plan_job& job) {
  plan out;
  out.note = "plan " + std::to_string(job.based_on);
  return out;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "a job is computed and its plan sent to who asked") {
  start(good);
  order(1, 7);
  settle();
  REQUIRE(got().size() == 1);
  CHECK(got()[0].job == 7);
  CHECK(test::must(*got()[0].made).note == "plan 7");
}

TEST_CASE_FIXTURE(fixture, "a sampler that throws has failed, no more") {
  start([](const plan_job& job) -> result<plan> {
    if (job.based_on == 1) throw std::runtime_error("bad model");
    if (job.based_on == 2) throw 42;
    return good(job);
  });
  for (std::uint64_t job = 1; job <= 3; ++job) {
    order(1, job);
    settle();
  }
  REQUIRE(got().size() == 3);
  CHECK(got()[0].made->error().message == "the sampler threw: bad model");
  CHECK(got()[1].made->error().code == errc::internal);
  CHECK(static_cast<bool>(*got()[2].made));
}

TEST_CASE_FIXTURE(fixture, "an optimizer that dies is replaced, and its experiment told that the plan failed") {
  start(good);
  auto first = inside().members.begin()->second.handle;
  order(1, 1);
  while (!inside().members.begin()->second.busy) REQUIRE(scheduler.try_run_once());
  kill(first);  // overtakes the job in its mailbox
  settle();
  REQUIRE(got().size() == 1);
  CHECK(got()[0].made->error().message == "the optimizer died while it planned");
  CHECK(inside().members.size() == 1);
  CHECK(inside().members.begin()->second.handle != first);
  order(1, 2);
  settle();
  REQUIRE(got().size() == 2);
  CHECK(static_cast<bool>(*got()[1].made));
}

TEST_CASE_FIXTURE(fixture, "at most one job an experiment waits: a newer one takes the older one's place") {
  std::vector<std::uint64_t> computed;
  start([&](const plan_job& job) -> result<plan> {
    computed.push_back(job.based_on);
    return good(job);
  });
  for (std::uint64_t job = 1; job <= 100; ++job) order(1, job);
  std::size_t longest = 0;
  while (scheduler.try_run_once()) longest = std::max(longest, inside().waiting.size());
  CHECK(longest == 1);
  CHECK(computed.size() <= 3);
  CHECK(computed.back() == 100);
}

TEST_CASE_FIXTURE(fixture, "an experiment is planned for by one optimizer at a time, others meanwhile by the rest") {
  std::vector<std::uint64_t> at_once;
  start(good, 2);
  order(1, 1);
  order(1, 2);
  order(2, 3);
  while (scheduler.try_run_once()) {
    std::size_t first = 0;
    for (auto& [number, m] : inside().members) first += m.busy && m.job.experiment.number == 1;
    CHECK(first <= 1);
  }
  CHECK(got().size() == 3);
}

TEST_CASE_FIXTURE(fixture, "an abandoned experiment's waiting job is dropped and its running one is told to stop") {
  std::vector<std::pair<std::uint64_t, bool>> computed;
  start([&](const plan_job& job) -> result<plan> {
    computed.emplace_back(job.based_on, job.is_cancelled());
    return good(job);
  });
  order(1, 1);
  order(1, 2);
  order(2, 3);
  caf::anon_send(pool, abandon{{1}});
  while (inside().waiting.size() != 2) REQUIRE(scheduler.try_run_once());
  // The pool's mailbox goes first: the optimizer begins after the order to stop has come.
  while (inside().waiting.size() == 2) {
    REQUIRE(scheduler.prioritize(pool));
    scheduler.run_once();
  }
  settle();
  REQUIRE(computed.size() == 2);
  CHECK(computed[0] == std::pair<std::uint64_t, bool>{1, true});
  CHECK(computed[1] == std::pair<std::uint64_t, bool>{3, false});
}

TEST_CASE_FIXTURE(fixture, "the catalogue's samplers plan by default") {
  start(plan_by_catalogue);
  auto d = test::simple_experiment();
  auto what = std::make_shared<plan_job>();
  what->definition = std::make_shared<const definition>(d);
  what->space = std::make_shared<const space>(test::must(space::make(d.space)));
  what->count = 3;
  what->sampler = d.sampler;
  caf::anon_send(pool, optimize{{1}, experiment, 1, what});
  settle();
  REQUIRE(got().size() == 1);
  CHECK(test::must(*got()[0].made).candidates.size() == 3);
}
