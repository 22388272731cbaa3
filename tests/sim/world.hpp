#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/supervisor.hpp"
#include "core/planted.hpp"
#include "core/random.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/profile.hpp"
#include "tests/sim/trace.hpp"
#include "tests/support/fake_launcher.hpp"
#include "tests/support/sim_journal.hpp"
#include "tests/support/virtual_time.hpp"

namespace vilfredo::sim {

using namespace std::chrono_literals;

inline constexpr duration lease = 20s;
inline constexpr duration patience = 5s;
inline constexpr duration grace = 10s;

/// A command on its way to the process and an answer on its way back, through a network that may lose and double both.
/// Sent again, with the same request id, until somebody answers.
struct call {
  experiment_id to;
  request what;
  std::function<void(const outcome&)> done;
  bool open = true;
  std::uint64_t round = 0;  ///< rises with each sending; timers of earlier ones are stale
};

/// One process at a time with the real actors in it, its disk, and everybody around: moves the clock, chooses who runs
/// next, makes things go wrong. All choices come from one random source.
class world {
public:
  world(const profile& what, random_source& random, invariants& watch, trace& log, planted::bug bug);
  ~world();

  /// The time of faults, then the time to recover.
  void run();

  // For those who live in it:
  random_source& random;
  invariants& watch;
  trace& log;
  const profile& what;

  bool chance(double p) { return random.uniform() < p; }
  duration between(duration low, duration high);
  /// Whether a fault of this kind strikes now, with this probability; counts it.
  bool strikes(fault kind, double p);
  bool healing() const { return healing_; }
  std::string now_text() const;

  void later(duration after, std::function<void()> what);
  std::shared_ptr<call> send(experiment_id to, std::string request_id, command what,
                             std::function<void(const outcome&)> done);
  /// Runs `with` the experiment's registry and a fresh asker, when the process is up.
  void with_registry(std::function<void(caf::event_based_actor*, const actors::registry_actor&)> with);

  std::size_t experiments() const { return what.experiments.size(); }
  /// The id of the n-th experiment, once it is created.
  std::optional<experiment_id> id_of(std::size_t n) const;
  void created(std::size_t n, experiment_id id);
  /// Values for all metrics, as a trial may measure them.
  std::vector<measurement> measure(std::size_t n);

  std::uint64_t steps() const { return steps_; }
  const std::array<std::uint64_t, faults>& struck() const { return struck_; }

private:
  struct process;

  void step();
  void run_a_job();
  void move_time();
  void make_trouble();
  void start_process();
  void crash_process();
  std::vector<std::pair<std::string, caf::actor>> actors_within();
  void transmit(const std::shared_ptr<call>& c);
  void arrive(const std::shared_ptr<call>& c);
  result<plan> make_plan(const plan_job& job);
  void look_closely();
  void heal();
  bool at_rest();
  void employ();
  void make_work();
  void say_what_is_left();
  time_point now() const;

  test::virtual_time time_;
  std::multimap<caf::actor_clock::time_point, std::function<void()>> agenda_;
  std::map<caf::actor_id, caf::actor> paused_;
  std::shared_ptr<test::sim_disk> disk_;
  std::shared_ptr<test::sim_flaws> flaws_;
  std::unique_ptr<process> process_;
  std::uint64_t lives_ = 0;
  time_point epoch_{std::chrono::hours{24 * 365 * 50}};
  bool healing_ = false, gave_up_ = false;
  bool torn_ = false;  ///< a fault has struck that may leave a hole in what the feed tells
  planted::bug bug_;
  std::uint64_t steps_ = 0, open_calls_ = 0;
  std::array<std::uint64_t, faults> struck_{};
  std::map<std::size_t, experiment_id> ids_;
};

}  // namespace vilfredo::sim
