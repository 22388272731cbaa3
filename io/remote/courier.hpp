#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/commands.hpp"
#include "core/time.hpp"

namespace vilfredo::remote {

/// What carries a command of one experiment to its daemon and brings the answer, while its caller waits.
class connection {
public:
  virtual ~connection() = default;
  virtual outcome carry_out(const request& what) = 0;
  /// From any thread: carry_out fails soon, now and afterwards.
  virtual void close() = 0;
};

struct courier_options {
  std::size_t talkers = 4;         ///< connections for what trials have to say
  std::size_t askers = 4;          ///< connections that wait for suggestions
  duration first_retry{100};       ///< before a command is sent again; doubles …
  duration longest_retry{10'000};  ///< … up to this
  std::size_t most_faults = 10;    ///< answers to one command that tell of a fault of the daemon's own
  /// From 0 to 1, for how long to wait within that; called by one thread at a time.
  std::function<double()> chance = [] { return 1.0; };
  /// News for people: that there is trouble, and that it is over. Called by one thread at a time; must be quick.
  std::function<void(const std::string&)> tell = [](const std::string&) {};
};

/// Takes commands to a daemon and does not rest until they are answered, whatever happens to it and to the network.
///
/// What one trial has to say arrives in its order. A command that could not be answered, or not now, is sent again with
/// the same request id, so nothing is done twice; only one that the daemon answers with a fault of its own again and
/// again is given up. Heartbeats are tried once: the next one says the same. An ask that is withdrawn is sent no more;
/// should it have been granted all the same, its lease will end. Its queues are bounded by who sends: a compute worker
/// has few commands a trial.
class courier {
public:
  courier(courier_options options, const std::function<std::unique_ptr<connection>()>& connect);
  /// What waits is answered errc::unavailable.
  ~courier();

  /// Calls `answer` exactly once, on a thread of the courier's or the caller's; it must be quick.
  void carry(request what, std::function<void(outcome)> answer);

private:
  struct parcel {
    request what;
    std::function<void(outcome)> answer;
  };
  struct lane {
    std::unique_ptr<connection> line;
    std::deque<parcel> waiting;
    bool busy = false;       ///< something is on its way …
    std::string carrying;    ///< … with this request id …
    bool withdrawn = false;  ///< … and nobody wants it any more
    bool troubled = false;   ///< what was tried last had no answer
    std::condition_variable woken;
    std::thread thread;
  };

  void run(lane& on);
  /// Until it is answered, or need not be.
  outcome insist(lane& on, const request& what);
  void note_trouble(lane& on, const outcome& how);
  std::optional<parcel> take_withdrawn(const std::string& request_id);
  lane& lane_for(const command& what);

  courier_options options_;
  std::mutex mutex_;  // guards all below and in the lanes, but their connections
  std::vector<std::unique_ptr<lane>> talkers_, askers_;
  bool in_trouble_ = false, closing_ = false;
};

}  // namespace vilfredo::remote
