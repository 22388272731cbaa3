#include "actors/agenda.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "tests/support/virtual_time.hpp"

using namespace vilfredo;
using namespace vilfredo::actors;
using namespace std::chrono_literals;

namespace {

/// Hears what to put down for how many milliseconds from now.
using keeper_actor = caf::typed_actor<caf::reacts_to<int, int>, caf::reacts_to<agenda_due>>;

/// What became due, and when; what is in `done` stands no longer.
struct diary {
  std::set<int> done;
  std::vector<std::pair<duration, int>> due;
  int rings = 0;
};

struct keeper_state {
  static inline const char* name = "keeper";
  keeper_state() = default;
  actors::agenda<int> agenda;
};

keeper_actor::behavior_type run_keeper(keeper_actor::stateful_pointer<keeper_state> self, diary* notes) {
  auto begin = time_source{}.now(self);
  auto stands = [notes](int x) { return !notes->done.contains(x); };
  return {
      [=](int what, int after) {
        auto now = time_source{}.now(self);
        self->state.agenda.add(self, now, now + duration{after}, what, stands);
      },
      [=](agenda_due) {
        ++notes->rings;
        auto now = time_source{}.now(self);
        while (auto next = self->state.agenda.next_due(self, now, stands)) notes->due.emplace_back(now - begin, *next);
      },
  };
}

struct fixture : test::virtual_time {
  fixture() { keeper = system.spawn(run_keeper, &notes); }
  ~fixture() {
    stop(caf::actor_cast<caf::actor>(keeper));
    keeper = nullptr;
    settle();
  }
  void add(duration after, int what) {
    caf::anon_send(keeper, what, static_cast<int>(after.count()));
    settle();
  }
  diary notes;
  keeper_actor keeper;
};

using entries = std::vector<std::pair<duration, int>>;

}  // namespace

TEST_CASE_FIXTURE(fixture, "each entry is due at its time, in whatever order they came") {
  add(30ms, 3);
  add(10ms, 1);
  add(20ms, 2);
  add(20ms, 22);
  advance(9ms);
  CHECK(notes.due.empty());
  advance(1s);
  CHECK(notes.due == entries{{10ms, 1}, {20ms, 2}, {20ms, 22}, {30ms, 3}});
}

TEST_CASE_FIXTURE(fixture, "what was answered in time costs one timer for all of it") {
  for (int i = 0; i < 1000; ++i) {
    add(60s, i);
    notes.done.insert(i);
    advance(10ms);
  }
  add(60s, 1000);
  CHECK(notes.rings == 0);
  advance(60s);
  CHECK(notes.due == entries{{70s, 1000}});
  CHECK(notes.rings <= 2);
}

TEST_CASE_FIXTURE(fixture, "what no longer stands is not due, and what is behind it still is") {
  add(10ms, 1);
  add(20ms, 2);
  notes.done.insert(1);
  advance(15ms);
  CHECK(notes.due.empty());
  advance(5ms);
  CHECK(notes.due == entries{{20ms, 2}});
  add(10ms, 3);
  advance(10ms);
  CHECK(notes.due.back() == std::pair<duration, int>{30ms, 3});
}
