#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/definition.hpp"
#include "core/random.hpp"

namespace vilfredo::sim {

/// What can go wrong.
enum class fault : std::size_t {
  process_crash,     ///< the process ends at once: memory and unsynced facts are gone, programs too
  actor_crash,       ///< any one actor dies, its mailbox with it
  store_error,       ///< one call to the store fails
  store_outage,      ///< every call fails for a while
  actor_pause,       ///< an actor does nothing for a while: a slow disk, a slow fit, a busy machine
  sampler_failure,   ///< a sampler throws or refuses
  sampler_nonsense,  ///< a sampler's candidates leave the space or repeat what is being tried
  request_lost,      ///< a request of a remote worker does not arrive
  request_doubled,   ///< it arrives twice, the second time up to half a minute later
  answer_lost,       ///< its answer does not arrive
  worker_lost,       ///< a remote worker is gone, without a word
  worker_late,       ///< a remote worker says nothing until long after its lease has run out, then reports
  program_failure,   ///< a local program crashes, says nonsense, or cannot start
  listener_throws,   ///< a listener of the feed throws
  clock_set,         ///< the time of day is another one, by up to a day, when the process starts again
};
inline constexpr std::size_t faults = 15;
const char* to_string(fault);

/// What a seed stands for: the experiments, who works on them, and what goes wrong.
struct profile {
  std::vector<definition> experiments;
  std::size_t remotes = 0;  ///< workers that send commands over a network
  bool local = false;       ///< a compute worker in the process, for the first experiment
  bool expert = false;      ///< somebody who cancels, edits, pauses, …
  bool reader = true;
  bool real_samplers = false;
  std::size_t optimizers = 1;
  std::uint64_t most_steps = 0;  ///< of the time of faults
  std::array<bool, faults> may{};
  double rate = 0;  ///< of faults, a step

  bool operator[](fault x) const { return may[static_cast<std::size_t>(x)]; }
};

/// Everything about a run that is fixed before it starts. No faults in one of six seeds, one kind in one of three, a
/// mixture in the others.
profile draw_profile(random_source& random);

std::string describe(const profile& x);

}  // namespace vilfredo::sim
