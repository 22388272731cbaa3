#pragma once
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "actors/caf.hpp"
#include "actors/clock.hpp"

namespace vilfredo::test {

/// An actor system without threads whose clock moves when it is told to: CAF's test coordinator.
///
/// Messages are handled one at a time, in `settle` or by whoever picks jobs of `scheduler` by hand. Every actor must be
/// spawned without `detached`. At the end all timers are cancelled; actors that are still alive then hold each other,
/// or are held by a test's variable, and are counted.
class virtual_time {
public:
  virtual_time()
      : system(configured(config)),
        self(system, true),
        scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {
    // Not zero: a clock at zero makes "never" and "at the start" the same moment.
    scheduler.clock().current_time += std::chrono::hours(1);
    at_start_ = system.registry().running();
  }
  ~virtual_time() {
    end_timers();
    if (auto left = leaked()) {
      // Nobody will ever run them again, so waiting for them would be for ever.
      std::fprintf(stderr, "virtual_time: %zu actors are alive at the end\n", left);
      system.await_actors_before_shutdown(false);
    }
  }

  caf::actor_system_config config;
  caf::actor_system system;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& scheduler;

  /// Handles messages until there are none.
  std::size_t settle() {
    std::size_t handled = 0;
    while (scheduler.try_run_once()) ++handled;
    return handled;
  }

  caf::actor_clock::time_point clock() const { return scheduler.clock().current_time; }
  /// The moment of the next timer, or nothing.
  std::optional<caf::actor_clock::time_point> next_timer() const {
    const auto& timers = scheduler.clock().schedule();
    if (timers.empty()) return std::nullopt;
    return timers.begin()->first;
  }
  /// Moves the clock to `when`, unless it is later already; timers up to then go off, and nothing is handled.
  void jump(caf::actor_clock::time_point when) {
    scheduler.advance_time(std::max(when - clock(), caf::actor_clock::duration_type::zero()));
  }
  /// Lets the time pass from timer to timer, all messages handled at each: what CAF's own advance_time leaves out.
  void advance(duration by) {
    settle();
    auto end = clock() + by;
    while (next_timer() && *next_timer() <= end) {
      jump(*next_timer());
      settle();
    }
    jump(end);
    settle();
  }
  void end_timers() {
    settle();
    scheduler.clock().cancel_all();
    settle();
  }
  /// Actors that are alive, besides those that belong to the fixture.
  std::size_t leaked() { return system.registry().running() - at_start_; }

  /// An answer that will come.
  template <class T>
  using promised = std::shared_ptr<std::optional<T>>;

  /// Sends a request; what is promised is there once it has been handled. Broken machinery leaves it empty and sets
  /// `trouble`.
  template <class T, class Handle, class... Message>
  promised<T> ask(const Handle& to, Message&&... what) {
    promised<T> out = std::make_shared<std::optional<T>>();
    auto seen = trouble_;
    system.spawn(
        [out, seen, to, message = std::make_tuple(std::forward<Message>(what)...)](caf::event_based_actor* asker) {
          std::apply(
              [&](const auto&... m) {
                asker->request(to, caf::infinite, m...)
                    .then([out](T& got) { *out = std::move(got); }, [seen](caf::error& e) { *seen = std::move(e); });
              },
              message);
        });
    return out;
  }
  /// The same, all messages handled.
  template <class T, class Handle, class... Message>
  std::optional<T> call(const Handle& to, Message&&... what) {
    auto out = ask<T>(to, std::forward<Message>(what)...);
    settle();
    return *out;
  }
  /// The last caf::error that an asker met.
  const caf::error& trouble() const { return *trouble_; }

  /// Ends an actor at once: what is in its mailbox is lost.
  template <class Handle>
  void kill(const Handle& victim, caf::exit_reason why = caf::exit_reason::kill) {
    if (victim)
      self->send<caf::message_priority::high>(caf::actor_cast<caf::actor>(victim), caf::exit_msg{self->address(), why});
  }
  /// Lets an actor end in order.
  template <class Handle>
  void stop(const Handle& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& c) {
    c.set("scheduler.policy", caf::atom("testing"));
    return c;
  }
  std::size_t at_start_ = 0;
  std::shared_ptr<caf::error> trouble_ = std::make_shared<caf::error>();
};

/// The state of a stateful actor, to look at; none when the actor has ended. For tests that must see inside.
template <class State, class Handle>
State* state_of(const Handle& actor) {
  using shell = caf::stateful_actor<State, typename Handle::base>;
  if (!actor) return nullptr;
  auto* inside = dynamic_cast<shell*>(caf::actor_cast<caf::abstract_actor*>(actor));
  if (!inside || inside->getf(caf::abstract_actor::is_cleaned_up_flag)) return nullptr;
  return &inside->state;
}

template <class Handle>
bool alive(const Handle& actor) {
  if (!actor) return false;
  return !caf::actor_cast<caf::abstract_actor*>(actor)->getf(caf::abstract_actor::is_cleaned_up_flag);
}

}  // namespace vilfredo::test
